using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Apps;

/// <summary>An app that is a .NET program: no Redis, and a key that goes where it belongs.</summary>
public sealed class ApiKeyClientTests
{
    private static readonly string Key = ApiKeyFormat.Create("acme");

    [Fact]
    public async Task Each_request_shows_the_key_and_nothing_needs_Redis()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key));

        app.GetRequiredService<IStartupValidator>().Validate();
        using var response = await Client(app).GetAsync(new Uri("/a", UriKind.Relative), Cancellation);
        using var synchronous = Client(app).Send(new HttpRequestMessage(HttpMethod.Get, "/b"), Cancellation);

        callee.Requests.Select(request => request.Authorization.Single()).ShouldBe(["ApiKey " + Key, "ApiKey " + Key]);
    }

    [Theory]
    [InlineData("configuration")]
    [InlineData("delegate")]
    public async Task The_key_comes_from_the_configuration_or_a_delegate(string source)
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(
            services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(options =>
            {
                if (source == "delegate") options.GetApiKey = (_, _) => ValueTask.FromResult(Key);
            }),
            source == "configuration" ? Key : null);

        app.GetRequiredService<IStartupValidator>().Validate();
        using var response = await Client(app).GetAsync(new Uri("/a", UriKind.Relative), Cancellation);

        callee.Requests.Single().Authorization.Single().ShouldBe("ApiKey " + Key);
    }

    [Fact]
    public async Task A_callers_own_Authorization_header_is_left_as_it_is()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a") { Headers = { Authorization = new AuthenticationHeaderValue("Basic", "eA==") } };

        using var response = await Client(app).SendAsync(request, Cancellation);

        callee.Requests.Single().Authorization.Single().ShouldBe("Basic eA==");
    }

    [Fact]
    public async Task A_redirect_does_not_carry_the_key_on()
    {
        await using var stranger = await Callee.StartAsync();
        await using var callee = await Callee.StartAsync((context, _) =>
        {
            context.Response.Redirect(new Uri(stranger.Address, "/stolen").AbsoluteUri);
            return Task.CompletedTask;
        });
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key));

        using var response = await Client(app).GetAsync(new Uri("/a", UriKind.Relative), Cancellation);

        callee.Requests.Single().Authorization.Single().ShouldBe("ApiKey " + Key);
        stranger.Requests.Single().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_origin_or_plain_http_off_this_machine_is_an_exception_and_no_call()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services =>
        {
            services.AddHttpClient("orders", client => client.BaseAddress = new Uri("https://orders.example")).AddRewtApiKey(Key);
            services.AddHttpClient("plain", client => client.BaseAddress = new Uri("http://orders.example")).AddRewtApiKey(Key);
        });

        var foreign = await Should.ThrowAsync<InvalidOperationException>(() => Client(app).GetAsync(callee.Address, Cancellation));
        var plain = await Should.ThrowAsync<InvalidOperationException>(() => Client(app, "plain").GetAsync(new Uri("/", UriKind.Relative), Cancellation));

        callee.Requests.ShouldBeEmpty();
        foreign.Message.ShouldContain("RewtApiKeyClientOptions.AllowedOrigins");
        foreign.Message.ShouldContain("AddRewtApiKey");
        plain.Message.ShouldContain("RewtApiKeyClientOptions.AllowInsecureHttp");
        foreach (var error in new[] { foreign, plain }) error.ToString().ShouldNotContain(Key[10..]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-of-another-make")]
    [InlineData("cut")]
    public async Task A_text_that_is_no_key_is_a_start_error_that_does_not_repeat_it(string? key)
    {
        if (key == "cut") key = Key[..^1];
        await using var app = Create(services => services.AddHttpClient("orders").AddRewtApiKey(options => options.ApiKey = key));

        var error = Should.Throw<OptionsValidationException>(() => app.GetRequiredService<IStartupValidator>().Validate());

        error.Message.ShouldContain("Rewt:ApiKey");
        error.Message.ShouldContain("'orders'");
        if (key is { Length: > 0 }) error.Message.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_delegate_that_gives_no_key_lets_nothing_go()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address)
            .AddRewtApiKey(options => options.GetApiKey = (_, _) => ValueTask.FromResult("no key")));

        await Should.ThrowAsync<InvalidOperationException>(() => Client(app).GetAsync(new Uri("/", UriKind.Relative), Cancellation));
        Should.Throw<InvalidOperationException>(() => Client(app).Send(new HttpRequestMessage(HttpMethod.Get, "/"), Cancellation)).Message.ShouldContain("SendAsync");

        callee.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_for_all_clients_goes_to_the_origins_named_and_other_requests_leave_without_it()
    {
        await using var callee = await Callee.StartAsync();
        await using var stranger = await Callee.StartAsync();
        await using var app = Create(services => services.ConfigureHttpClientDefaults(client => client.AddRewtApiKey(options =>
            (options.ApiKey, options.AllowedOrigins) = (Key, [callee.Address.GetLeftPart(UriPartial.Authority)]))));

        (await Client(app).GetAsync(callee.Address, Cancellation)).Dispose();
        (await Client(app).GetAsync(stranger.Address, Cancellation)).Dispose();

        callee.Requests.Single().Authorization.Single().ShouldBe("ApiKey " + Key);
        stranger.Requests.Single().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task All_clients_of_an_application_need_AllowedOrigins()
    {
        await using var app = Create(services => services.ConfigureHttpClientDefaults(client => client.AddRewtApiKey(Key)));

        Should.Throw<OptionsValidationException>(() => app.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("AllowedOrigins");
    }

    [Fact]
    public async Task The_key_is_in_no_log()
    {
        await using var callee = await Callee.StartAsync();
        var log = new CapturedLog();
        await using var app = Create(services =>
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
            services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key);
        });

        using var response = await Client(app).GetAsync(new Uri("/a", UriKind.Relative), Cancellation);

        log.Lines.ShouldContain(line => line.Contains("Authorization", StringComparison.Ordinal), "headers are logged at Trace");
        var secret = Key[10..];
        log.Lines.ShouldNotContain(line => line.Contains(secret, StringComparison.Ordinal));
    }

    private static ServiceProvider Create(Action<IServiceCollection> configure, string? configured = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Rewt:ApiKey", configured)]).Build());
        configure(services);
        return services.BuildServiceProvider();
    }

    private static HttpClient Client(IServiceProvider app, string name = "orders") => app.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
