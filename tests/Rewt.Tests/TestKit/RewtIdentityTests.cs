namespace Rewt.Tests.TestKit;

public sealed class RewtIdentityTests
{
    [Fact]
    public async Task A_client_calls_with_the_last_identity_that_was_set()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.ClientOf("orders");

        (await KitService.GetAsync(client)).ShouldBe("orders");
        client.WithRewtIdentity("billing").ShouldBeSameAs(client);

        (await KitService.GetAsync(client)).ShouldBe("billing");
    }

    [Fact]
    public async Task A_client_with_an_identity_can_call_a_host_on_Kestrel()
    {
        await using var host = await TestService.HostAsync(builder =>
        {
            builder.Services.AddRewtAuthentication();
            builder.Services.AddRewtTesting();
        });

        using var client = new HttpClient { BaseAddress = host.Address }.WithRewtIdentity("orders");

        (await KitService.GetAsync(client)).ShouldBe("orders");
    }

    [Fact]
    public async Task A_client_can_bind_its_requests_and_the_ring_verifies_bound_tokens()
    {
        await using var ring = new RewtTestRing();
        await using var host = await TestService.HostAsync(
            builder =>
            {
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
                builder.Services.AddRewtTesting(ring);
            },
            application => application.MapPost("/pay", (HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body)).RequireBoundToken(body: true).RequireOneTimeToken(),
            inProcess: true);
        using var bound = host.Client().WithRewtIdentity("orders", binding: RequestBinding.Target | RequestBinding.Body, oneTime: true);
        using var plain = host.ClientOf("orders");
        Task<HttpResponseMessage> PayAsync(HttpClient client) => client.PostAsync(new Uri("/pay?a=%2F b", UriKind.Relative), new StringContent("100"), Cancellation);

        (await PayAsync(bound).TextAsync()).ShouldBe("100");
        (await PayAsync(bound).TextAsync()).ShouldBe("100");
        (await PayAsync(plain).ChallengeAsync()).ShouldContain("rewt_error=\"wrong_request\"");

        var token = await host.Tokens.CreateMessageBearerAsync("100"u8.ToArray(), "billing", oneTime: true, cancellationToken: Cancellation);
        for (var time = 0; time < 2; time++) (await ring.VerifyAsync(token, "billing", cancellationToken: Cancellation)).Identity!.FindFirst("mbh")!.Value.ShouldBe(TokenBinding.HashOf("100"));
    }

    [Fact]
    public async Task A_long_lived_client_always_sends_valid_tokens()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring);
        using var client = host.ClientOf("orders");

        for (var day = 0; day < 4; day++)
        {
            (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK, $"day {day}");
            ring.Clock.Advance(TimeSpan.FromHours(25));
        }
    }

    [Fact]
    public async Task The_application_receives_only_a_token_and_ignores_unknown_test_identities()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.ClientOf("orders");
        (await KitService.GetAsync(client, "/headers")).ShouldBe("Authorization,Host");

        client.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.Unauthorized, "the credentials of a request are preserved");

        using var anonymous = host.Client();
        anonymous.DefaultRequestHeaders.Add("Rewt-Test-Identity", "orders");
        (await KitService.StatusAsync(anonymous)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_test_identity_has_an_unguessable_id_and_prints_only_its_name()
    {
        await using var host = await KitService.StartAsync(null);
        using var one = host.ClientOf("orders");
        using var other = host.ClientOf("orders");

        var ids = new[] { one, other }.Select(client => client.DefaultRequestHeaders.GetValues("Rewt-Test-Identity").Single()).ToList();

        ids.ShouldAllBe(id => id.Length == 32);
        ids[0].ShouldNotBe(ids[1]);
        TestIdentities.Find(ids[0])!.ToString().ShouldBe("orders of a test");
    }

    [Fact]
    public async Task A_host_without_the_test_kit_treats_the_client_as_anonymous()
    {
        await using var host = await TestService.HostAsync(builder => builder.Services.AddRewtInMemoryKeys().AddRewtAuthentication(), inProcess: true);

        host.Http.WithRewtIdentity("orders");

        (await KitService.StatusAsync(host.Http)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_has_the_audience_that_the_application_requires(bool isAnyOfTwo)
    {
        await using var host = await KitService.StartAsync(null, configure: services => services.Configure<JwtBearerOptions>(
            RewtDefaults.AuthenticationScheme,
            options =>
            {
                if (isAnyOfTwo) options.TokenValidationParameters.ValidAudiences = ["store", "stock"];
                else options.Audience = "warehouse";
            }));
        using var right = host.ClientOf("orders");
        using var wrong = host.Client().WithRewtIdentity("orders", audience: "inventory");

        (await KitService.StatusAsync(right)).ShouldBe(HttpStatusCode.OK);
        (await KitService.StatusAsync(wrong)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_reserved_claim_in_a_test_identity_is_an_error()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.Client().WithRewtIdentity("orders", new Dictionary<string, object> { ["iss"] = "billing" });

        await Should.ThrowAsync<ArgumentException>(() => KitService.StatusAsync(client));
    }

    [Theory]
    [InlineData("")]
    [InlineData("or ders")]
    [InlineData("orders\r\nX-Other: 1")]
    public async Task An_invalid_service_or_audience_name_is_refused_immediately(string name)
    {
        await using var ring = new RewtTestRing();
        using var client = new HttpClient();

        Should.Throw<ArgumentException>(() => client.WithRewtIdentity(name)).ParamName.ShouldBe("service");
        Should.Throw<ArgumentException>(() => client.WithRewtIdentity("orders", audience: name)).ParamName.ShouldBe("audience");
        (await Should.ThrowAsync<ArgumentException>(() => ring.CreateTokenAsync(name, "inventory", cancellationToken: Cancellation))).ParamName.ShouldBe("service");
        (await Should.ThrowAsync<ArgumentException>(() => ring.VerifyAsync("x", name, cancellationToken: Cancellation))).ParamName.ShouldBe("audience");
    }

    [Fact]
    public async Task A_token_created_without_a_host_contains_the_given_claims()
    {
        await using var ring = new RewtTestRing(DateTimeOffset.UnixEpoch.AddDays(20_000));

        var token = await ring.CreateTokenAsync("orders", "inventory", new Dictionary<string, object> { ["userId"] = "u-42" }, cancellationToken: Cancellation);
        var read = new JsonWebToken(token);
        var verified = await ring.VerifyAsync(token, "inventory", cancellationToken: Cancellation);

        (read.Issuer, read.Audiences.Single(), read.IssuedAt).ShouldBe(("orders", "inventory", DateTime.UnixEpoch.AddDays(20_000)));
        verified.Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        (await ring.VerifyAsync(token, "billing", cancellationToken: Cancellation)).Refusal.ShouldBe(RewtRefusal.BadAudience);
    }
}
