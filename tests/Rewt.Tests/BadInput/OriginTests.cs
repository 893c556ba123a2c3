namespace Rewt.Tests.BadInput;

/// <summary>Verifies that a token is sent only to the origins of its client, and not over plain HTTP to another machine.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("https://stranger.example/")]
    [InlineData("https://inventory.example:8443/")]
    [InlineData("http://inventory.example/")]
    [InlineData("https://inventory.example.stranger.example/")]
    [InlineData("https://inventory.example@stranger.example/")]
    [InlineData("https://inventory.example./")]
    public async Task A_request_to_an_absolute_address_of_another_origin_throws_and_is_not_sent(string address)
    {
        var primary = new StubHandler();
        await using var sender = Sender.For("https://inventory.example", primary: primary);

        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(address));
        primary.Sent.ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => SendSynchronously(sender, address));
        primary.Sent.ShouldBeEmpty();

        using var response = await sender.GetAsync("https://INVENTORY.example:443/items");
        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldStartWith("Bearer ");
    }

    [Theory]
    [InlineData("http://10.0.0.5:8080")]
    [InlineData("http://inventory")]
    [InlineData("http://localhost.example")]
    [InlineData("http://127.0.0.1.example")]
    [InlineData("http://[2001:db8::1]")]
    [InlineData("http://0.0.0.0")]
    [InlineData("ftp://inventory")]
    public async Task A_request_over_plain_HTTP_to_another_machine_throws_and_is_not_sent(string origin)
    {
        var primary = new StubHandler();
        foreach (var baseAddress in new[] { origin, null })
        {
            await using var sender = Sender.For(baseAddress, primary: primary);
            var exception = await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(origin + "/"));
            exception.Message.ShouldContain("RewtSigningOptions.AllowInsecureHttp");
            exception.Message.ShouldContain("Rewt:AllowInsecureHttp");
        }

        primary.Sent.ShouldBeEmpty();

        await using var allowedForClient = Sender.For(origin, options => options.AllowInsecureHttp = true, primary: primary);
        using var first = await allowedForClient.GetAsync("/");
        await using var allowedForAll = Sender.For(origin, settings: options => options.AllowInsecureHttp = true, primary: primary);
        using var second = await allowedForAll.GetAsync("/");
        primary.Sent.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.9.9.9")]
    [InlineData("http://[::1]:80")]
    [InlineData("https://anything.example")]
    public async Task HTTPS_and_plain_HTTP_to_this_machine_need_no_setting(string origin)
    {
        var primary = new StubHandler();
        await using var sender = Sender.For(origin, primary: primary);

        using var response = await sender.GetAsync("/");

        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldStartWith("Bearer ");
    }

    [Fact]
    public async Task Service_discovery_before_the_signing_handler_may_resolve_the_address_of_each_request()
    {
        var primary = new StubHandler();
        var next = 5;
        await using var sender = Sender.For(
            "http://inventory",
            options => options.AllowInsecureHttp = true,
            outer: () => CallbackHandler.ResolveAddress(address => address.Host == "inventory" ? $"http://10.0.0.{next++}:8080" : address.ToString()),
            primary: primary);

        using var first = await sender.GetAsync("/items");
        using var second = await sender.GetAsync("/items");

        primary.Sent.Select(sent => sent.Address.ToString()).ShouldBe(["http://10.0.0.5:8080/items", "http://10.0.0.6:8080/items"]);
        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync("http://billing/items"));
        primary.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Attempts_of_one_request_may_go_to_different_addresses_of_one_service()
    {
        var primary = new StubHandler(request => new HttpResponseMessage(request.RequestUri!.Host == "10.0.0.5" ? HttpStatusCode.BadGateway : HttpStatusCode.OK));
        var hosts = new Queue<string>(["10.0.0.5", "10.0.0.6"]);
        await using var sender = Sender.For(
            "https://inventory",
            outer: () => new CallbackHandler(async (request, next) =>
            {
                HttpResponseMessage? response = null;
                while (response is not { IsSuccessStatusCode: true } && hosts.TryDequeue(out var host))
                {
                    request.RequestUri = new Uri($"https://{host}/");
                    response = await next(request);
                }

                return response!;
            }),
            primary: primary);

        (await sender.GetAsync("/").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        primary.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_check_for_plain_HTTP_uses_the_address_that_service_discovery_resolved()
    {
        var primary = new StubHandler();
        await using var toHttp = Sender.For("https://inventory", outer: () => CallbackHandler.ResolveAddress(_ => "http://10.0.0.5:8080"), primary: primary);
        await Should.ThrowAsync<InvalidOperationException>(() => toHttp.GetAsync("/"));
        primary.Sent.ShouldBeEmpty();

        await using var toHttps = Sender.For("http://inventory", outer: () => CallbackHandler.ResolveAddress(_ => "https://10.0.0.5:8443"), primary: primary);
        using var response = await toHttps.GetAsync("/");
        primary.Sent.ShouldHaveSingleItem().Address.Scheme.ShouldBe("https");
    }

    [Theory]
    [InlineData("http://10.0.0.5:8080/")]
    [InlineData("https://stranger.example/")]
    [InlineData("https://inventory:8443/")]
    public async Task A_handler_after_the_signing_handler_cannot_send_a_token_to_another_origin(string address)
    {
        foreach (var baseAddress in new[] { "https://inventory", null })
        {
            var primary = new StubHandler();
            await using var changing = Sender.For(baseAddress, inner: () => CallbackHandler.ChangeAddress(address), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => changing.GetAsync("https://inventory/"));
            await using var copying = Sender.For(baseAddress, inner: () => Copying(address, options: false), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => copying.GetAsync("https://inventory/"));
            await using var cloning = Sender.For(baseAddress, inner: () => Copying(address, options: true), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => cloning.GetAsync("https://inventory/"));
            primary.Sent.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_handler_after_the_signing_handler_may_change_only_to_an_allowed_origin()
    {
        var primary = new StubHandler();
        await using var allowed = Sender.For(
            "http://inventory",
            options => (options.AllowInsecureHttp, options.AllowedOrigins) = (true, ["http://inventory", "http://10.0.0.5:8080"]),
            inner: () => CallbackHandler.ChangeAddress("http://10.0.0.5:8080/"),
            primary: primary);
        using var response = await allowed.GetAsync("/");
        primary.Sent.ShouldHaveSingleItem().Address.Host.ShouldBe("10.0.0.5");

        await using var plainHttp = Sender.For(
            "https://inventory",
            options => options.AllowedOrigins = ["https://inventory", "http://10.0.0.5:8080"],
            inner: () => CallbackHandler.ChangeAddress("http://10.0.0.5:8080/"),
            primary: primary);
        await Should.ThrowAsync<InvalidOperationException>(() => plainHttp.GetAsync("/"));
        primary.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_Host_header_does_not_change_the_origin_of_an_address()
    {
        var primary = new StubHandler();
        await using var sender = Sender.For("https://inventory.example", primary: primary);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://stranger.example/") { Headers = { Host = "inventory.example" } };

        await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().SendAsync(request, Cancellation));

        primary.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_that_removes_the_token_may_change_to_any_origin()
    {
        var primary = new StubHandler();
        await using var sender = Sender.For(
            "https://inventory",
            inner: () => new CallbackHandler((request, next) =>
            {
                request.Headers.Authorization = null;
                request.RequestUri = new Uri("https://stranger.example/");
                return next(request);
            }),
            primary: primary);

        using var response = await sender.GetAsync("/");

        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task An_Authorization_header_set_by_the_caller_is_sent_to_any_origin()
    {
        var primary = new StubHandler();
        await using var sender = Sender.For("https://inventory", primary: primary);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://stranger.example/");
        request.Headers.Authorization = new("Basic", "abc");

        using var response = await sender.Http().SendAsync(request, Cancellation);

        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldBe("Basic abc");
    }

    [Fact]
    public async Task Each_of_a_thousand_parallel_calls_carries_a_token_for_its_audience()
    {
        var services = new ServiceCollection();
        services.AddRewtInMemoryKeys(options => options.ServiceName = "orders");
        var callees = Enumerable.Range(0, 10).Select(number => (Name: $"service-{number}", Handler: new StubHandler())).ToList();
        foreach (var (name, handler) in callees)
        {
            services.AddHttpClient(name, http => http.BaseAddress = new Uri($"https://{name}")).AddRewtSigning(name).ConfigurePrimaryHttpMessageHandler(() => handler);
        }

        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        await Parallel.ForAsync(0, 1_000, Cancellation, async (call, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.SetRewtClaims(new Dictionary<string, object> { ["callee"] = callees[call % 10].Name });
            using var response = await factory.CreateClient(callees[call % 10].Name).SendAsync(request, cancellationToken);
        });

        foreach (var (name, handler) in callees)
        {
            handler.Sent.Count.ShouldBe(100);
            foreach (var (address, authorization) in handler.Sent)
            {
                address.Host.ShouldBe(name);
                var claims = new JsonWebToken(authorization!["Bearer ".Length..]);
                claims.Audiences.ShouldBe([name]);
                claims.GetClaim("callee").Value.ShouldBe(name);
            }
        }
    }

    private static CallbackHandler Copying(string address, bool options) => new((request, next) =>
    {
        var copy = CallbackHandler.Copy(request, options);
        copy.RequestUri = new Uri(address);
        return next(copy);
    });

    private static void SendSynchronously(Sender sender, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        sender.Http().Send(request, Cancellation).Dispose();
    }
}
