namespace Rewt.Tests.BadInput;

/// <summary>A token goes to the origin that its client was made for, over a connection that no third party reads.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("https://stranger.example/")]
    [InlineData("https://inventory.example:8443/")]
    [InlineData("http://inventory.example/")]
    [InlineData("https://inventory.example.stranger.example/")]
    [InlineData("https://inventory.example@stranger.example/")]
    [InlineData("https://inventory.example./")]
    public async Task An_absolute_address_of_another_origin_is_an_exception_and_no_call(string address)
    {
        var primary = new StubHandler();
        await using var sender = Sender.For("https://inventory.example", primary: primary);

        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(address));
        primary.Sent.ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => SendNow(sender, address));
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
    public async Task Plain_http_off_this_machine_is_refused_before_a_byte_is_sent(string origin)
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

        await using var allowedHere = Sender.For(origin, options => options.AllowInsecureHttp = true, primary: primary);
        using var first = await allowedHere.GetAsync("/");
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
    public async Task This_machine_and_https_need_no_leave(string origin)
    {
        var primary = new StubHandler();
        await using var sender = Sender.For(origin, primary: primary);

        using var response = await sender.GetAsync("/");

        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldStartWith("Bearer ");
    }

    [Fact]
    public async Task Service_discovery_in_front_may_resolve_the_clients_own_address_for_each_request()
    {
        var primary = new StubHandler();
        var next = 5;
        await using var sender = Sender.For(
            "http://inventory",
            options => options.AllowInsecureHttp = true,
            above: () => DoingHandler.Resolving(address => address.Host == "inventory" ? $"http://10.0.0.{next++}:8080" : address.ToString()),
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
            above: () => new DoingHandler(async (request, next) =>
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
    public async Task Plain_http_is_judged_by_the_address_that_service_discovery_found()
    {
        var primary = new StubHandler();
        await using var toHttp = Sender.For("https://inventory", above: () => DoingHandler.Resolving(_ => "http://10.0.0.5:8080"), primary: primary);
        await Should.ThrowAsync<InvalidOperationException>(() => toHttp.GetAsync("/"));
        primary.Sent.ShouldBeEmpty();

        await using var toHttps = Sender.For("http://inventory", above: () => DoingHandler.Resolving(_ => "https://10.0.0.5:8443"), primary: primary);
        using var response = await toHttps.GetAsync("/");
        primary.Sent.ShouldHaveSingleItem().Address.Scheme.ShouldBe("https");
    }

    [Theory]
    [InlineData("http://10.0.0.5:8080/")]
    [InlineData("https://stranger.example/")]
    [InlineData("https://inventory:8443/")]
    public async Task A_handler_behind_the_signing_one_cannot_take_a_token_elsewhere(string address)
    {
        foreach (var baseAddress in new[] { "https://inventory", null })
        {
            var primary = new StubHandler();
            await using var moving = Sender.For(baseAddress, below: () => DoingHandler.Moving(address), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => moving.GetAsync("https://inventory/"));
            await using var copying = Sender.For(baseAddress, below: () => Copying(address, options: false), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => copying.GetAsync("https://inventory/"));
            await using var cloning = Sender.For(baseAddress, below: () => Copying(address, options: true), primary: primary);
            await Should.ThrowAsync<InvalidOperationException>(() => cloning.GetAsync("https://inventory/"));
            primary.Sent.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_handler_behind_may_go_to_an_origin_that_is_named_and_no_further()
    {
        var primary = new StubHandler();
        await using var named = Sender.For(
            "http://inventory",
            options => (options.AllowInsecureHttp, options.AllowedOrigins) = (true, ["http://inventory", "http://10.0.0.5:8080"]),
            below: () => DoingHandler.Moving("http://10.0.0.5:8080/"),
            primary: primary);
        using var response = await named.GetAsync("/");
        primary.Sent.ShouldHaveSingleItem().Address.Host.ShouldBe("10.0.0.5");

        await using var inTheClear = Sender.For(
            "https://inventory",
            options => options.AllowedOrigins = ["https://inventory", "http://10.0.0.5:8080"],
            below: () => DoingHandler.Moving("http://10.0.0.5:8080/"),
            primary: primary);
        await Should.ThrowAsync<InvalidOperationException>(() => inTheClear.GetAsync("/"));
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
    public async Task A_handler_behind_that_takes_the_token_off_may_go_anywhere()
    {
        var primary = new StubHandler();
        await using var sender = Sender.For(
            "https://inventory",
            below: () => new DoingHandler((request, next) =>
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
    public async Task A_callers_own_Authorization_header_goes_where_the_caller_sends_it()
    {
        var primary = new StubHandler();
        await using var sender = Sender.For("https://inventory", primary: primary);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://stranger.example/");
        request.Headers.Authorization = new("Basic", "abc");

        using var response = await sender.Http().SendAsync(request, Cancellation);

        primary.Sent.ShouldHaveSingleItem().Authorization.ShouldBe("Basic abc");
    }

    [Fact]
    public async Task A_thousand_parallel_calls_over_ten_audiences_each_carry_their_own()
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

    private static DoingHandler Copying(string address, bool options) => new((request, next) =>
    {
        var copy = DoingHandler.Copy(request, options);
        copy.RequestUri = new Uri(address);
        return next(copy);
    });

    private static void SendNow(Sender sender, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        sender.Http().Send(request, Cancellation).Dispose();
    }
}
