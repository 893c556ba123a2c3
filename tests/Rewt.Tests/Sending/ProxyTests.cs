namespace Rewt.Tests.Sending;

/// <summary>Tests plain HTTP to the local machine, which is safe only without a proxy.</summary>
public sealed class ProxyTests : WithServices
{
    private static readonly string Key = ApiKeyFormat.Create("acme");

    private Callee? _callee;
    private Callee? _proxy;

    private Uri ProxyAddress => new UriBuilder(_proxy!.Address) { UserName = "user", Password = "hunter2" }.Uri;

    public override async ValueTask InitializeAsync()
    {
        _callee = await DisposeAfterTestAsync(Callee.StartAsync());
        _proxy = await DisposeAfterTestAsync(Callee.StartAsync());
    }

    [Theory]
    [InlineData("token", "sockets")]
    [InlineData("token", "client")]
    [InlineData("token", "default")]
    [InlineData("API key", "sockets")]
    public async Task Credentials_for_the_local_machine_are_not_sent_through_a_proxy_over_plain_HTTP(string credentials, string kind)
    {
        await using var sender = Create(credentials, await CreatePrimaryHandlerAsync(kind));

        foreach (var isSynchronous in new[] { false, true })
        {
            var error = await Should.ThrowAsync<InvalidOperationException>(() => SendAsync(sender, isSynchronous));
            error.Message.ShouldContain(credentials);
            error.Message.ShouldContain(_proxy!.Address.GetLeftPart(UriPartial.Authority));
            error.Message.ShouldContain("NO_PROXY");
            error.Message.ShouldNotContain("hunter2");
        }

        _proxy!.Requests.ShouldBeEmpty();
        _callee!.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bypassed")]
    [InlineData("off")]
    [InlineData("allowed")]
    public async Task A_call_is_sent_when_it_bypasses_the_proxy_or_insecure_HTTP_is_allowed(string kind)
    {
        var primary = new SocketsHttpHandler { Proxy = new WebProxy(ProxyAddress) { BypassList = kind == "bypassed" ? [".*127\\.0\\.0\\.1.*"] : [] }, UseProxy = kind != "off" };
        await using var sender = Create("token", primary, allowInsecureHttp: kind == "allowed");

        (await SendAsync(sender)).Dispose();

        (kind == "allowed" ? _proxy : _callee)!.Requests.Single().Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Keys_on_the_local_machine_are_not_fetched_through_a_proxy()
    {
        await SetDefaultProxyAsync();
        using var download = new KeyDownload(TimeProvider.System);

        await download.FetchAsync(_callee!.Address, null, Cancellation);

        _callee.Requests.Count.ShouldBe(1);
        _proxy!.Requests.ShouldBeEmpty();
    }

    private async Task<HttpMessageHandler> CreatePrimaryHandlerAsync(string kind)
    {
        if (kind == "default") await SetDefaultProxyAsync();
        return kind switch
        {
            "client" => new HttpClientHandler { Proxy = new WebProxy(ProxyAddress) },
            "default" => new SocketsHttpHandler(),
            _ => new SocketsHttpHandler { Proxy = new WebProxy(ProxyAddress) },
        };
    }

    private async Task SetDefaultProxyAsync() => await DisposeAfterTestAsync(Task.FromResult(new DefaultProxy(_callee!.Address.Authority, ProxyAddress)));

    private Sender Create(string credentials, HttpMessageHandler primary, bool allowInsecureHttp = false) => Sender.Create(services =>
    {
        var client = services.AddHttpClient(Sender.Client, http => http.BaseAddress = _callee!.Address).ConfigurePrimaryHttpMessageHandler(() => primary);
        if (credentials == "token") client.AddRewtSigning(options => (options.Audience, options.AllowInsecureHttp) = ("inventory", allowInsecureHttp));
        else client.AddRewtApiKey(Key);
    });

    private static async Task<HttpResponseMessage> SendAsync(Sender sender, bool isSynchronous = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        return isSynchronous ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);
    }

    /// <summary>
    /// Represents the default proxy of the process, limited to one callee and to the duration of the test. Clients of other tests may keep a reference to it,
    /// and the operating system may assign the port of the callee to another server after the callee has stopped.
    /// </summary>
    private sealed class DefaultProxy : IWebProxy, IAsyncDisposable
    {
        private readonly Uri _proxy;
        private readonly IWebProxy _previous = HttpClient.DefaultProxy;
        private volatile string? _authority;

        public DefaultProxy(string authority, Uri proxy)
        {
            (_authority, _proxy) = (authority, proxy);
            HttpClient.DefaultProxy = this;
        }

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination.Authority == _authority ? _proxy : _previous.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.Authority != _authority && _previous.IsBypassed(host);

        public ValueTask DisposeAsync()
        {
            _authority = null;
            HttpClient.DefaultProxy = _previous;
            return ValueTask.CompletedTask;
        }
    }
}
