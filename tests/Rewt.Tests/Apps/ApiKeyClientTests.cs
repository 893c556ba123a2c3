using Microsoft.Extensions.Configuration;

namespace Rewt.Tests.Apps;

/// <summary>Verifies the HTTP client of a trusted app, which sends an API key and needs no Redis.</summary>
public sealed class ApiKeyClientTests
{
    private static readonly string Key = ApiKeyFormat.Create("acme");

    [Fact]
    public async Task Each_request_carries_the_API_key_and_the_client_needs_no_Redis()
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
    public async Task The_API_key_is_read_from_the_configuration_or_from_a_delegate(string source)
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
    public async Task An_Authorization_header_set_by_the_caller_is_not_replaced()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a") { Headers = { Authorization = new AuthenticationHeaderValue("Basic", "eA==") } };

        using var response = await Client(app).SendAsync(request, Cancellation);

        callee.Requests.Single().Authorization.Single().ShouldBe("Basic eA==");
    }

    [Fact]
    public async Task The_API_key_is_not_sent_to_the_target_of_a_redirect()
    {
        await using var other = await Callee.StartAsync();
        await using var callee = await Callee.StartAsync((context, _) =>
        {
            context.Response.Redirect(new Uri(other.Address, "/stolen").AbsoluteUri);
            return Task.CompletedTask;
        });
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(Key));

        using var response = await Client(app).GetAsync(new Uri("/a", UriKind.Relative), Cancellation);

        callee.Requests.Single().Authorization.Single().ShouldBe("ApiKey " + Key);
        other.Requests.Single().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_to_another_origin_or_over_plain_HTTP_throws_and_is_not_sent()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services =>
        {
            services.AddHttpClient("orders", client => client.BaseAddress = new Uri("https://orders.example")).AddRewtApiKey(Key);
            services.AddHttpClient("plain", client => client.BaseAddress = new Uri("http://orders.example")).AddRewtApiKey(Key);
        });

        var otherOrigin = await Should.ThrowAsync<InvalidOperationException>(() => Client(app).GetAsync(callee.Address, Cancellation));
        var plainHttp = await Should.ThrowAsync<InvalidOperationException>(() => Client(app, "plain").GetAsync(new Uri("/", UriKind.Relative), Cancellation));

        callee.Requests.ShouldBeEmpty();
        otherOrigin.Message.ShouldContain("RewtApiKeyClientOptions.AllowedOrigins");
        otherOrigin.Message.ShouldContain("AddRewtApiKey");
        plainHttp.Message.ShouldContain("RewtApiKeyClientOptions.AllowInsecureHttp");
        foreach (var error in new[] { otherOrigin, plainHttp }) error.ToString().ShouldNotContain(Key[10..]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a-key-of-another-make")]
    [InlineData("cut")]
    public async Task An_invalid_API_key_is_a_startup_error_that_does_not_contain_the_key(string? key)
    {
        if (key == "cut") key = Key[..^1];
        await using var app = Create(services => services.AddHttpClient("orders").AddRewtApiKey(options => options.ApiKey = key));

        var error = Should.Throw<OptionsValidationException>(() => app.GetRequiredService<IStartupValidator>().Validate());

        error.Message.ShouldContain("Rewt:ApiKey");
        error.Message.ShouldContain("'orders'");
        if (key is { Length: > 0 }) error.Message.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_request_is_not_sent_if_the_delegate_returns_an_invalid_API_key()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address)
            .AddRewtApiKey(options => options.GetApiKey = (_, _) => ValueTask.FromResult("no key")));

        await Should.ThrowAsync<InvalidOperationException>(() => Client(app).GetAsync(new Uri("/", UriKind.Relative), Cancellation));
        Should.Throw<InvalidOperationException>(() => Client(app).Send(new HttpRequestMessage(HttpMethod.Get, "/"), Cancellation)).Message.ShouldContain("SendAsync");

        callee.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_delegate_receives_a_new_service_scope_for_each_request()
    {
        await using var callee = await Callee.StartAsync();
        var connections = new ConcurrentQueue<VaultConnection>();
        await using var app = Create(services => services.AddScoped<VaultConnection>().AddHttpClient("orders", client => client.BaseAddress = callee.Address)
            .AddRewtApiKey(options => options.GetApiKey = (provider, _) =>
            {
                connections.Enqueue(provider.GetRequiredService<VaultConnection>());
                return ValueTask.FromResult(Key);
            }));
        using var client = Client(app);

        for (var call = 0; call < 2; call++) (await client.GetAsync(new Uri("/a", UriKind.Relative), Cancellation)).Dispose();

        connections.Distinct().Count().ShouldBe(2);
        connections.ShouldAllBe(connection => connection.IsDisposed);
        callee.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_changed_API_key_in_the_configuration_is_sent_after_the_reload()
    {
        await using var callee = await Callee.StartAsync();
        await using var app = Create(services => services.AddHttpClient("orders", client => client.BaseAddress = callee.Address).AddRewtApiKey(), Key);
        var configuration = (IConfigurationRoot)app.GetRequiredService<IConfiguration>();
        var next = ApiKeyFormat.Create("acme");
        using var client = Client(app);

        (await client.GetAsync(new Uri("/a", UriKind.Relative), Cancellation)).Dispose();
        configuration["Rewt:ApiKey"] = next;
        configuration.Reload();
        (await client.GetAsync(new Uri("/b", UriKind.Relative), Cancellation)).Dispose();
        configuration["Rewt:ApiKey"] = "incomplete";
        configuration.Reload();
        (await client.GetAsync(new Uri("/c", UriKind.Relative), Cancellation)).Dispose();

        // An invalid key does not replace a valid one.
        callee.Requests.Select(request => request.Authorization.Single()).ShouldBe(["ApiKey " + Key, "ApiKey " + next, "ApiKey " + next]);
    }

    [Fact]
    public async Task An_API_key_for_all_clients_is_sent_only_to_the_allowed_origins()
    {
        await using var callee = await Callee.StartAsync();
        await using var other = await Callee.StartAsync();
        await using var app = Create(services => services.ConfigureHttpClientDefaults(client => client.AddRewtApiKey(options =>
            (options.ApiKey, options.AllowedOrigins) = (Key, [callee.Address.GetLeftPart(UriPartial.Authority)]))));

        (await Client(app).GetAsync(callee.Address, Cancellation)).Dispose();
        (await Client(app).GetAsync(other.Address, Cancellation)).Dispose();

        callee.Requests.Single().Authorization.Single().ShouldBe("ApiKey " + Key);
        other.Requests.Single().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_API_key_for_all_clients_requires_AllowedOrigins()
    {
        await using var app = Create(services => services.ConfigureHttpClientDefaults(client => client.AddRewtApiKey(Key)));

        Should.Throw<OptionsValidationException>(() => app.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("AllowedOrigins");
    }

    [Fact]
    public async Task No_log_of_the_client_contains_the_API_key()
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

    private sealed class VaultConnection : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
