namespace Rewt.Tests.Sending;

/// <summary>Plain HTTP to this machine is safe only if it does not go through a proxy.</summary>
public sealed class ProxyTests : WithServices
{
    private static readonly string Key = ApiKeyFormat.Create("acme");

    private Callee? _callee;
    private Callee? _proxy;

    private Uri ProxyAddress => new UriBuilder(_proxy!.Address) { UserName = "user", Password = "hunter2" }.Uri;

    public override async ValueTask InitializeAsync()
    {
        _callee = await EndingAsync(Callee.StartAsync());
        _proxy = await EndingAsync(Callee.StartAsync());
    }

    [Theory]
    [InlineData("token", "sockets")]
    [InlineData("token", "client")]
    [InlineData("token", "default")]
    [InlineData("API key", "sockets")]
    public async Task Credentials_for_this_machine_do_not_go_to_a_proxy_in_clear(string credentials, string kind)
    {
        await using var sender = Create(credentials, await PrimaryAsync(kind));

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
    public async Task A_call_that_bypasses_the_proxy_or_may_be_read_is_sent(string kind)
    {
        var primary = new SocketsHttpHandler { Proxy = new WebProxy(ProxyAddress) { BypassList = kind == "bypassed" ? [".*127\\.0\\.0\\.1.*"] : [] }, UseProxy = kind != "off" };
        await using var sender = Create("token", primary, allow: kind == "allowed");

        (await SendAsync(sender)).Dispose();

        (kind == "allowed" ? _proxy : _callee)!.Requests.Single().Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Keys_from_this_machine_are_not_fetched_through_a_proxy()
    {
        await UseByDefaultAsync();
        using var download = new KeyDownload(TimeProvider.System);

        await download.FetchAsync(_callee!.Address, null, Cancellation);

        _callee.Requests.Count.ShouldBe(1);
        _proxy!.Requests.ShouldBeEmpty();
    }

    private async Task<HttpMessageHandler> PrimaryAsync(string kind)
    {
        if (kind == "default") await UseByDefaultAsync();
        return kind switch
        {
            "client" => new HttpClientHandler { Proxy = new WebProxy(ProxyAddress) },
            "default" => new SocketsHttpHandler(),
            _ => new SocketsHttpHandler { Proxy = new WebProxy(ProxyAddress) },
        };
    }

    private async Task UseByDefaultAsync() => await EndingAsync(Task.FromResult(new DefaultProxy(_callee!.Address.Authority, ProxyAddress)));

    private Sender Create(string credentials, HttpMessageHandler primary, bool allow = false) => Sender.Create(services =>
    {
        var client = services.AddHttpClient(Sender.Client, http => http.BaseAddress = _callee!.Address).ConfigurePrimaryHttpMessageHandler(() => primary);
        if (credentials == "token") client.AddRewtSigning(options => (options.Audience, options.AllowInsecureHttp) = ("inventory", allow));
        else client.AddRewtApiKey(Key);
    });

    private static async Task<HttpResponseMessage> SendAsync(Sender sender, bool isSynchronous = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        return isSynchronous ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);
    }

    /// <summary>
    /// A proxy for one callee until the test ends. The default proxy belongs to the process, and so to other tests too: their clients keep the one that
    /// they met, and the system gives the callee's port to another server when the callee has ended.
    /// </summary>
    private sealed class DefaultProxy : IWebProxy, IAsyncDisposable
    {
        private readonly Uri _proxy;
        private readonly IWebProxy _others = HttpClient.DefaultProxy;
        private volatile string? _authority;

        public DefaultProxy(string authority, Uri proxy)
        {
            (_authority, _proxy) = (authority, proxy);
            HttpClient.DefaultProxy = this;
        }

        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination.Authority == _authority ? _proxy : _others.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.Authority != _authority && _others.IsBypassed(host);

        public ValueTask DisposeAsync()
        {
            _authority = null;
            HttpClient.DefaultProxy = _others;
            return ValueTask.CompletedTask;
        }
    }
}
