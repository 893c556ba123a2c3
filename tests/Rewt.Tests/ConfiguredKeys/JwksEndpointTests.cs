using Microsoft.AspNetCore.Authorization;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

public sealed class JwksEndpointTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    private string KeyPath => _directory.Write("jwt.key", JwkRows.P256.ExportPkcs8PrivateKeyPem());

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_key_set_is_served_with_a_content_type_an_ETag_and_a_max_age()
    {
        await using var service = await KeyService.StartAsync("auth", ("SigningKey:File", KeyPath));

        using var response = await service.Http.GetAsync(new Uri(service.Jwks), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/jwk-set+json");
        response.Headers.ETag.ShouldNotBeNull().IsWeak.ShouldBeFalse();
        response.Headers.CacheControl!.Public.ShouldBeTrue();
        response.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromSeconds(5));
        var set = PublicKeySetReader.TryRead(await response.Content.ReadAsByteArrayAsync(Cancellation), out _)!;
        set.Refused.ShouldBeEmpty();
        set.Keys.ShouldHaveSingleItem().Thumbprint.ShouldBe(PublicKey.From(JwkRows.P256).Thumbprint);
    }

    [Fact]
    public async Task A_request_with_a_matching_ETag_receives_304_without_a_body()
    {
        await using var service = await KeyService.StartAsync("auth", ("SigningKey:File", KeyPath));
        using var first = await service.Http.GetAsync(new Uri(service.Jwks), Cancellation);
        var tag = first.Headers.ETag!.Tag;

        foreach (var ifNoneMatch in new[] { tag, $"W/{tag}", $"\"another\", {tag}", "*" })
        {
            using var again = await GetAsync(service, ifNoneMatch);
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified, ifNoneMatch);
            again.Headers.ETag!.Tag.ShouldBe(tag);
            again.Headers.CacheControl!.MaxAge.ShouldNotBeNull();
            (await again.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        }

        (await GetAsync(service, "\"another\"").StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task HEAD_is_answered_like_GET_without_the_body_and_POST_is_refused()
    {
        // Kestrel would drop a body, but the in-process server sends it.
        await using var service = await TestService.HostAsync(
            builder => builder.Services.AddRewtAuthentication(options => (options.ServiceName, options.SigningKey.File) = ("auth", KeyPath)),
            application => application.MapRewtJwks(),
            inProcess: true);
        var address = new Uri("/.well-known/jwks.json", UriKind.Relative);
        using var request = new HttpRequestMessage(HttpMethod.Head, address);

        using var got = await service.Http.GetAsync(address, Cancellation);
        using var response = await service.Http.SendAsync(request, Cancellation);
        using var posted = await service.Http.PostAsync(address, null, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.ETag.ShouldNotBeNull().ShouldBe(got.Headers.ETag);
        response.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBe((await got.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        (await (await response.Content.ReadAsStreamAsync(Cancellation)).ReadAsync(new byte[1], Cancellation)).ShouldBe(0, "the response has no body");
        posted.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("00:00:05", "00:00:30", 25)]
    [InlineData("00:00:05", "00:00:04", 0)]
    [InlineData("00:00:00.5", "00:00:01", 0)]
    [InlineData("00:00:01", "00:01:00", 59)]
    public async Task The_max_age_is_the_propagation_delay_minus_the_refresh_interval(string refresh, string propagation, int seconds)
    {
        await using var service = await KeyService.StartAsync("auth", ("SigningKey:File", KeyPath), ("RefreshInterval", refresh), ("PropagationDelay", propagation));

        using var response = await service.Http.GetAsync(new Uri(service.Jwks), Cancellation);

        response.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Key_pairs_are_served_before_they_sign_and_verify_at_other_services()
    {
        await using var service = await KeyService.StartAsync("orders", [("KeyMode", "KeyPair")], builder => builder.Services.AddRewtInMemoryKeys(), null);
        var set = PublicKeySetReader.TryRead(await service.Http.GetByteArrayAsync(new Uri(service.Jwks), Cancellation), out _)!;
        await using var verifier = await KeyService.StartAsync("inventory", ("VerificationKeys:0", service.Jwks));

        var token = await service.SignAsync("inventory");

        set.Find(KeyId.Parse(TokenHeader.TryRead(token)!.KeyId!)).ShouldNotBeNull();
        (await verifier.AskAsync(token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_key_set_of_a_shared_secret_is_empty()
    {
        var ring = new SharedMemoryRing();
        await using var service = await KeyService.StartAsync("orders", [], builder => builder.Services.AddSingleton<IRingStoreFactory>(ring), null);
        var token = await service.SignAsync("orders");

        using var response = await service.Http.GetAsync(new Uri(service.Jwks), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("""{"keys":[]}""");
        (await service.AskAsync(token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unavailable_keys_are_answered_with_503_and_not_with_an_empty_set()
    {
        await using var service = await KeyService.StartAsync("orders", [("KeyMode", "KeyPair")], builder => builder.Services.AddSingleton<IRingStoreFactory>(new UnavailableStores()), null);

        using var response = await service.Http.GetAsync(new Uri(service.Jwks), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_requests_for_unavailable_keys_cause_one_log_line_a_second()
    {
        await using var service = await KeyService.StartAsync("orders", [("KeyMode", "KeyPair")], builder => builder.Services.AddSingleton<IRingStoreFactory>(new UnavailableStores()), null);
        var start = TimeProvider.System.GetTimestamp();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => service.GetAsync("/.well-known/jwks.json").StatusAsync()));

        statuses.ShouldAllBe(status => status == HttpStatusCode.ServiceUnavailable);
        Regex.Count(service.Log.Text, "Warning JwksUnavailable", RegexOptions.NonBacktracking).ShouldBeInRange(1, 1 + (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds);
    }

    [Fact]
    public async Task The_key_set_endpoint_is_anonymous_unless_it_requires_authorization_itself()
    {
        await using var service = await KeyService.StartAsync(
            "auth",
            [("SigningKey:File", KeyPath)],
            builder => builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()),
            application =>
            {
                application.MapRewtJwks();
                application.MapRewtJwks("/closed").RequireAuthorization();
                application.MapRewtJwks("/required").WithMetadata(new SignedInAttribute());
                application.MapGet("/other", () => "other");
            });

        (await service.GetAsync("/.well-known/jwks.json").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync("/closed").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await service.GetAsync("/required").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await service.GetAsync("/other").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_named_scheme_has_its_own_key_set_and_a_missing_scheme_is_an_error()
    {
        var key = _directory.Write("users.key", JwkRows.P384.ExportPkcs8PrivateKeyPem());
        await using var service = await KeyService.StartAsync(
            "auth",
            [("SigningKey:File", KeyPath)],
            builder => builder.Services.AddAuthentication().AddRewt("Users", options => options.SigningKey.File = key),
            application => application.MapRewtJwks("/users/jwks.json", "Users"));

        var text = await service.Http.GetStringAsync(new Uri("/users/jwks.json", UriKind.Relative), Cancellation);

        JsonDocument.Parse(text).RootElement.GetProperty("keys").EnumerateArray().ShouldHaveSingleItem().GetProperty("alg").GetString().ShouldBe("ES384");
        await using var withoutRewt = WebApplication.CreateSlimBuilder().Build();
        Should.Throw<InvalidOperationException>(() => withoutRewt.MapRewtJwks()).Message.ShouldContain("AddRewtAuthentication");
    }

    [Fact]
    public async Task Output_caching_does_not_publish_a_revoked_key()
    {
        await using var service = await KeyService.StartAsync(
            "orders",
            [("KeyMode", "KeyPair")],
            builder => builder.Services.AddRewtInMemoryKeys().AddOutputCache(options => options.AddBasePolicy(policy => policy.Cache())),
            application =>
            {
                application.UseOutputCache();
                application.MapRewtJwks();
                application.MapGet("/any", () => Guid.NewGuid());
            });
        (await service.GetAsync("/any").TextAsync()).ShouldBe(await service.GetAsync("/any").TextAsync(), "the base policy applies");
        var revoked = (await PublishedAsync())[0];

        await service.Ring.RevokeAsync(revoked, Cancellation);

        (await PublishedAsync()).ShouldNotContain(revoked);

        async Task<List<string>> PublishedAsync() =>
            [.. PublicKeySetReader.TryRead(await service.Http.GetByteArrayAsync(new Uri(service.Jwks), Cancellation), out _)!.Keys.Select(key => key.KeyId.ToString())];
    }

    private static async Task<HttpResponseMessage> GetAsync(TestService service, string ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service.Jwks));
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch).ShouldBeTrue();
        return await service.Http.SendAsync(request, Cancellation);
    }
}
