namespace Rewt.Tests.TestKit;

public sealed class RewtIdentityTests
{
    [Fact]
    public async Task A_client_calls_as_the_service_it_was_last_told_to_be()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.ClientOf("orders");

        (await KitService.GetAsync(client)).ShouldBe("orders");
        client.WithRewtIdentity("billing").ShouldBeSameAs(client);

        (await KitService.GetAsync(client)).ShouldBe("billing");
    }

    [Fact]
    public async Task A_client_calls_a_host_on_Kestrel_too()
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
    public async Task A_client_calls_endpoints_that_require_a_binding_and_the_ring_verifies_what_a_host_has_bound()
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
    public async Task The_tokens_of_a_client_are_fresh_however_long_it_lives()
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
    public async Task The_application_sees_a_token_and_nothing_of_the_kit_and_no_identity_that_this_process_did_not_give()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.ClientOf("orders");
        (await KitService.GetAsync(client, "/headers")).ShouldBe("Authorization,Host");

        client.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.Unauthorized, "a request keeps credentials of its own");

        using var stranger = host.Client();
        stranger.DefaultRequestHeaders.Add("Rewt-Test-Identity", "orders");
        (await KitService.StatusAsync(stranger)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_identity_is_not_to_be_guessed_and_not_to_be_read()
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
    public async Task A_host_without_the_kit_treats_the_client_as_anonymous()
    {
        await using var host = await TestService.HostAsync(builder => builder.Services.AddRewtInMemoryKeys().AddRewtAuthentication(), inProcess: true);

        host.Http.WithRewtIdentity("orders");

        (await KitService.StatusAsync(host.Http)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_audience_that_the_application_demands_is_the_tokens(bool isAnyOfTwo)
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
    public async Task Whom_the_host_does_not_trust_stays_outside()
    {
        await using var host = await KitService.StartAsync(null, options => options.TrustedIssuers = ["orders"]);
        using var orders = host.ClientOf("orders");
        using var billing = host.ClientOf("billing");

        (await KitService.StatusAsync(orders)).ShouldBe(HttpStatusCode.OK);
        (await KitService.StatusAsync(billing)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_claim_that_is_not_the_callers_to_set_is_an_error_of_the_test()
    {
        await using var host = await KitService.StartAsync(null);
        using var client = host.Client().WithRewtIdentity("orders", new Dictionary<string, object> { ["iss"] = "billing" });

        await Should.ThrowAsync<ArgumentException>(() => KitService.StatusAsync(client));
    }

    [Theory]
    [InlineData("")]
    [InlineData("or ders")]
    [InlineData("orders\r\nX-Other: 1")]
    public async Task An_invalid_name_is_refused_at_once(string name)
    {
        await using var ring = new RewtTestRing();
        using var client = new HttpClient();

        Should.Throw<ArgumentException>(() => client.WithRewtIdentity(name)).ParamName.ShouldBe("service");
        Should.Throw<ArgumentException>(() => client.WithRewtIdentity("orders", audience: name)).ParamName.ShouldBe("audience");
        (await Should.ThrowAsync<ArgumentException>(() => ring.CreateTokenAsync(name, "inventory", cancellationToken: Cancellation))).ParamName.ShouldBe("service");
        (await Should.ThrowAsync<ArgumentException>(() => ring.VerifyAsync("x", name, cancellationToken: Cancellation))).ParamName.ShouldBe("audience");
    }

    [Fact]
    public async Task A_token_made_without_a_host_has_the_claims_that_were_set()
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
