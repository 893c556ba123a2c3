namespace Rewt.Tests.Sending;

public sealed class SigningTests
{
    private static readonly Dictionary<string, (Action<IServiceCollection> Register, Func<Sender, HttpClient> Client, string? Audience)> Clients = new(StringComparer.Ordinal)
    {
        ["named"] = (services => services.AddHttpClient("inventory").AddRewtSigning("inventory"), sender => sender.Http(), "inventory"),
        ["typed, for the namespace"] = (
            services => services.AddHttpClient<TypedClient>().AddRewtSigning(), sender => sender.Services.GetRequiredService<TypedClient>().Http, "rewt"),
        ["the default client"] = (services => services.AddHttpClient(string.Empty).AddRewtSigning("inventory"), sender => sender.Http(string.Empty), "inventory"),
        ["added twice"] = (services => services.AddHttpClient("inventory").AddRewtSigning().AddRewtSigning("inventory"), sender => sender.Http(), "inventory"),
        ["without signing"] = (services => services.AddHttpClient("inventory").AddRewtSigning("inventory"), sender => sender.Http("another"), null),
    };

    public static TheoryData<string> ClientKinds => [.. Clients.Keys];

    [Theory]
    [MemberData(nameof(ClientKinds))]
    public async Task A_configured_client_signs_each_request_once_for_its_audience(string kind)
    {
        var (register, client, audience) = Clients[kind];
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(register);

        (await client(sender).GetAsync(callee.Address, Cancellation)).Dispose();

        var request = callee.Requests.Single();
        request.Authorization.Count.ShouldBe(audience is null ? 0 : 1);
        if (audience is null) return;
        request.Jwt.Issuer.ShouldBe("orders");
        request.Jwt.Audiences.ShouldBe([audience]);
        request.Jwt.Typ.ShouldBe("rewt+jwt");
        (request.Jwt.ValidTo - request.Jwt.IssuedAt).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Claims_set_on_a_request_appear_only_in_its_own_token()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);

        (await sender.Http().CallAsync("/a", new() { ["userId"] = "u-42", ["level"] = 7 })).Dispose();
        (await sender.Http().CallAsync("/b", null)).Dispose();

        var token = callee.Requests[0].Jwt;
        token.GetClaim("userId").Value.ShouldBe("u-42");
        token.GetPayloadValue<int>("level").ShouldBe(7);
        callee.Requests[1].Jwt.TryGetClaim("userId", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("jti")]
    public void Claims_that_the_library_sets_cannot_be_overridden(string name)
    {
        using var request = new HttpRequestMessage();

        Should.Throw<ArgumentException>(() => request.SetRewtClaims(new Dictionary<string, object> { [name] = "x" })).Message.ShouldContain(name);
    }

    [Theory]
    [InlineData("Authorization", "Bearer mine")]
    [InlineData("authorization", "just=some;text/with,junk")]
    public async Task An_Authorization_header_of_the_request_is_preserved_even_if_malformed(string name, string value)
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);

        (await sender.Http().SendAsync(HttpMethod.Get, "/a", request => request.Headers.TryAddWithoutValidation(name, value))).Dispose();

        callee.Requests.Single().Authorization.ShouldBe([value]);
    }

    [Fact]
    public async Task A_default_Authorization_header_of_the_client_is_preserved()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        var client = sender.Http();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "bWluZTptaW5l");

        (await client.CallAsync("/a", null)).Dispose();

        callee.Requests.Single().Authorization.ShouldBe(["Basic bWluZTptaW5l"]);
    }

    [Fact]
    public async Task An_Authorization_header_replaced_by_a_handler_is_preserved_on_a_resend()
    {
        await using var callee = await Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"expired\"");
        await using var sender = Sender.For(callee.Address.AbsoluteUri, outer: () => new CallbackHandler(async (request, next) =>
        {
            using var first = await next(request);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "second-opinion");
            return await next(request);
        }));

        (await sender.Http().CallAsync("/a", null)).Dispose();

        callee.Requests.Count.ShouldBe(2);
        callee.Requests[1].Authorization.ShouldBe(["Bearer second-opinion"]);
    }

    [Fact]
    public async Task A_refused_Authorization_header_of_the_caller_is_not_retried()
    {
        await using var callee = await Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        await using var sender = Sender.For(callee.Address);

        using var response = await sender.Http().SendAsync(HttpMethod.Get, "/a", request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "mine"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        callee.Requests.Single().Authorization.ShouldBe(["Bearer mine"]);
    }

    [Fact]
    public async Task A_request_is_not_sent_when_no_key_is_available()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        sender.Memory.Store.Set("too short"u8.ToArray());
        var client = sender.Http();

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => client.CallAsync("/a", null));
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => client.PostAsync(
            Calls.Relative("/a"), new StringContent("body"), Cancellation));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        Should.Throw<RewtKeysUnavailableException>(() => client.Send(request, Cancellation));

        callee.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_synchronous_call_is_signed_with_a_tenant_key()
    {
        await using var callee = await Callee.StartAsync();
        var services = new ServiceCollection();
        services.AddRewtInMemoryKeys(options => (options.ServiceName, options.Tenants.Enabled) = ("orders", true));
        services.AddHttpClient(Sender.Client, client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
        await using var provider = services.BuildServiceProvider();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a").SetRewtTenant("acme");

        provider.GetRequiredService<IHttpClientFactory>().CreateClient(Sender.Client).Send(request, Cancellation).Dispose();

        callee.Requests.Single().Jwt.GetClaim("tenant").Value.ShouldBe("acme");
    }

    [Fact]
    public async Task The_options_of_a_sent_request_contain_no_token()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        (await sender.Http().SendAsync(request, Cancellation)).Dispose();

        var token = callee.Requests.Single().Token!;
        request.Options.ShouldAllBe(option => !$"{option.Value}".Contains(token, StringComparison.Ordinal));
    }

    private sealed class TypedClient(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
