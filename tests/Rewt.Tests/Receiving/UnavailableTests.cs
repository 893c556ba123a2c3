namespace Rewt.Tests.Receiving;

public sealed class UnavailableTests
{
    [Fact]
    public async Task Unavailable_keys_cause_503_without_a_challenge()
    {
        await using var receiver = await Receiver.StartAsync(services => services.AddSingleton<IIssuerSigningKeyResolver, UnavailableResolver>());

        using var secure = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));
        using var open = await receiver.AskAsync($"Bearer {HandmadeToken.Sign(receiver.Memory.Secret)}", "/open");
        using var anonymous = await receiver.AskAsync(null);

        secure.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        secure.Headers.GetValues("Retry-After").ShouldBe(["7"]);
        secure.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        (await secure.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        open.StatusCode.ShouldBe(HttpStatusCode.OK);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Rewt", "Other")]
    [InlineData("Other", "Rewt")]
    [InlineData("Rewt", "Cookies")]
    [InlineData("Cookies", "Rewt")]
    public async Task The_challenge_of_another_scheme_does_not_replace_the_503(string first, string second)
    {
        await using var receiver = await Receiver.StartAsync(
            services =>
            {
                services.AddSingleton<IIssuerSigningKeyResolver, UnavailableResolver>();
                services.AddAuthentication().AddCookie().AddJwtBearer("Other", options => options.TokenValidationParameters.IssuerSigningKey =
                    new SymmetricSecurityKey("a key that no ring has ever held, of a good length"u8.ToArray()));
            },
            application => application.MapGet("/both", () => "ok").RequireAuthorization(policy => policy
                .AddAuthenticationSchemes(first, second).RequireAuthenticatedUser()));

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret), "/both");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.GetValues("Retry-After").ShouldBe(["7"]);
        response.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        response.Headers.Location.ShouldBeNull();
    }

    [Fact]
    public async Task Too_many_unknown_keys_cause_503_while_known_keys_are_accepted()
    {
        Exception? failure = null;
        await using var receiver = await Receiver.StartAsync(services => services
            .Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context => AsTask(() => failure = context.Exception),
            }));
        var limit = receiver.Provider.UnknownKeys;
        for (var key = 0; key < UnknownKeyLimit.Maximum; key++) await limit.BeginAsync((null, KeyId.Parse($"key{key}")), Cancellation);

        using var unknown = await receiver.GetWithTokenAsync(HandmadeToken.Sign(Secret.Generate()));
        using var known = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        unknown.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        unknown.Headers.GetValues("Retry-After").ShouldBe(["1"]);
        failure.ShouldBeOfType<RewtKeysUnavailableException>();
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AuthenticationFailed_receives_the_exception_of_an_outage()
    {
        Exception? failure = null;
        await using var receiver = await Receiver.StartAsync(services => services
            .AddSingleton<IIssuerSigningKeyResolver, UnavailableResolver>()
            .Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context => AsTask(() => failure = context.Exception),
            }));

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        failure.ShouldBeOfType<RewtKeysUnavailableException>();
    }

    [Fact]
    public async Task A_key_resolver_of_the_application_replaces_the_default_one()
    {
        var resolver = new SingleKeyResolver();
        await using var receiver = await Receiver.StartAsync(services => services.AddSingleton<IIssuerSigningKeyResolver>(resolver));

        using var known = await receiver.GetWithTokenAsync(HandmadeToken.Sign(resolver.Secret));
        using var unknown = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        known.StatusCode.ShouldBe(HttpStatusCode.OK);
        unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unknown.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"stale_key\"");
        resolver.Namespaces.ShouldAllBe(ring => ring == "rewt");
        resolver.Namespaces.ShouldNotBeEmpty();
    }

    private sealed class UnavailableResolver : IIssuerSigningKeyResolver
    {
        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) =>
            throw new RewtKeysUnavailableException("none", TimeSpan.FromSeconds(6.2));
    }

    private sealed class SingleKeyResolver : IIssuerSigningKeyResolver
    {
        public Secret Secret { get; } = Secret.Generate();

        public List<string> Namespaces { get; } = [];

        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
        {
            Namespaces.Add(request.Namespace);
            return ValueTask.FromResult<IReadOnlyList<SecurityKey>>(request.KeyId == Secret.KeyId.ToString() ? [new RingKey(Secret).SecurityKey] : []);
        }
    }
}
