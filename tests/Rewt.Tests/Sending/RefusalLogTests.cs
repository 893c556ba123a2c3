namespace Rewt.Tests.Sending;

/// <summary>Tests the log entries of a caller about refused calls and the advice in them.</summary>
public sealed class RefusalLogTests : IDisposable
{
    private static readonly string Key = ApiKeyFormat.Create("acme");

    private readonly CapturedLog _log = new();
    private readonly FakeTimeProvider _time = new();
    private string? _challenge = Challenge("bad_audience");

    public static TheoryData<string?, string> Reasons => new()
    {
        { Challenge("stale_key"), "Redis, Rewt:Namespace and Rewt:KeyMode" },
        { Challenge("stale_key"), "Rewt:VerificationKeys" },
        { Challenge("bad_audience"), "Rewt:ServiceName" },
        { Challenge("expired"), "clocks" },
        { Challenge("not_yet_valid"), "clocks" },
        { Challenge("invalid"), "Rewt:TrustedIssuers" },
        { Challenge("of_a_later_version"), "TokenRefused" },
        { "Bearer", "AddRewtAuthentication" },
        { null, "AddRewtAuthentication" },
        { "Bearer error=\"invalid_token\", error_description=\"The signature key was not found\"", "the policy of the endpoint names the scheme Rewt" },
    };

    public void Dispose() => _log.Dispose();

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_refused_call_is_logged_with_its_audience_key_id_and_advice(string? challenge, string check)
    {
        _challenge = challenge;
        await using var sender = await CreateAsync();

        (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);

        var line = Lines().ShouldHaveSingleItem();
        line.ShouldStartWith("Warning CallRefused: https://inventory.example:443 refused a call with 401");
        line.ShouldContain("audience inventory");
        line.ShouldContain($"key {sender.Memory.Secret.KeyId}");
        line.ShouldContain(check);
        _log.Text.ShouldNotMatch(@"eyJ[\w-]{10,}\.eyJ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retried_call_is_logged_once_and_only_if_the_retry_is_refused_too(bool isRefusedTwice)
    {
        var requests = 0;
        Sender? sender = null;
        sender = await CreateAsync(_ =>
        {
            if (++requests > 1 && !isRefusedTwice) return new HttpResponseMessage(HttpStatusCode.OK);
            sender!.Memory.Store.Set(Secret.Generate().CopyBytes());
            return Refusal(Challenge("stale_key"));
        });
        await using var disposal = sender;

        await CallAsync(sender);

        requests.ShouldBe(2);
        Lines().Count.ShouldBe(isRefusedTwice ? 1 : 0);
    }

    [Fact]
    public async Task Repeated_refusals_are_logged_once_per_minute_and_reason()
    {
        await using var sender = await CreateAsync();

        for (var call = 0; call < 100; call++) await CallAsync(sender);
        Lines().ShouldHaveSingleItem().ShouldEndWith("since the last such event: 1. ");

        _time.Advance(TimeSpan.FromSeconds(61));
        await CallAsync(sender);
        Lines().Count.ShouldBe(2);
        Lines()[1].ShouldEndWith("since the last such event: 100. ");

        // Unknown reasons count as one; otherwise a callee could fill the log with a new reason for each call.
        for (var call = 0; call < 100; call++)
        {
            _challenge = Challenge($"reason_{call}");
            await CallAsync(sender);
        }

        Lines().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("\u001b[2Jfail: forged \u202e line")]
    [InlineData("x\tx\u0085x\u2028x")]
    public async Task Text_from_the_callee_is_truncated_and_cannot_forge_log_lines(string reason)
    {
        _challenge = Challenge(reason + new string('x', 10_000));
        await using var sender = await CreateAsync();

        await CallAsync(sender);

        var line = Lines().ShouldHaveSingleItem();
        line.ShouldAllBe(c => c >= ' ' && c <= '~');
        line.Length.ShouldBeLessThan(500);
        line.ShouldNotContain("fail: forged");
        _log.Lines.ShouldAllBe(value => !value.Contains('\u001b', StringComparison.Ordinal) && !value.Contains('\u202e', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_synchronous_call_is_logged()
    {
        await using var sender = await CreateAsync();

        SendSynchronously(sender);

        Lines().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_call_without_the_retry_is_logged(bool isSynchronous)
    {
        await using var sender = await CreateAsync(signing: options => options.Retry = false);

        if (isSynchronous) SendSynchronously(sender);
        else (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);

        Lines().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_refused_Authorization_header_of_the_application_is_logged_only_at_Debug()
    {
        await using var sender = await CreateAsync();

        for (var call = 0; call < 3; call++) (await sender.Http().SendAsync(HttpMethod.Get, "/a", request => request.Headers.Authorization = new("Basic", "eA=="))).Dispose();

        var line = Lines().ShouldHaveSingleItem();
        line.ShouldStartWith("Debug CallRefused: https://inventory.example:443 refused a call with 401");
        line.ShouldContain("The call was not signed: the request already had an Authorization header.");
        _log.Text.ShouldNotContain("eA==");
    }

    [Fact]
    public async Task A_403_for_a_signed_call_is_logged_once_a_minute_at_Debug()
    {
        await using var sender = await CreateAsync(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));

        for (var call = 0; call < 3; call++) (await CallAsync(sender)).ShouldBe(HttpStatusCode.Forbidden);

        var line = Lines().ShouldHaveSingleItem();
        line.ShouldStartWith("Debug CallRefused: https://inventory.example:443 refused a call with 403");
        line.ShouldContain("The credentials are valid, but the caller has no permission. Check the event CallerRefused in the receiver's log.");
    }

    [Theory]
    [InlineData("/b")]
    [InlineData("http://stranger.example/")]
    public async Task The_log_names_a_redirect_followed_without_the_token_as_the_cause(string target)
    {
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            if (number > 1) return Callee.RefuseAsync(context, "Bearer");
            context.Response.Redirect(target);
            return Task.CompletedTask;
        });
        // All host names lead to the callee.
        await using var sender = await CreateAsync(
            callee.Address.AbsoluteUri,
            new SocketsHttpHandler { ConnectCallback = async (_, cancellationToken) => await ConnectAsync(callee.Address, cancellationToken) });

        (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);

        callee.Requests[1].Authorization.ShouldBeEmpty();
        var line = Lines().ShouldHaveSingleItem();
        line.ShouldContain(callee.Address.GetLeftPart(UriPartial.Authority));
        if (target.Length > 2) line.ShouldContain($"{target}:80, to which".Replace("/:", ":", StringComparison.Ordinal));
        line.ShouldContain(".NET follows a redirect without");
    }

    [Fact]
    public async Task Redirects_to_ever_new_origins_are_logged_once()
    {
        var calls = 0;
        await using var sender = await CreateAsync(request =>
        {
            // The handler of .NET follows a redirect in the same way.
            request.RequestUri = new Uri($"https://stranger-{++calls}.example/");
            request.Headers.Authorization = null;
            return Refusal("Bearer");
        });

        for (var call = 0; call < 100; call++) await CallAsync(sender);

        Lines().ShouldHaveSingleItem().ShouldContain("https://stranger-1.example:443, to which https://inventory.example:443 redirected, refused a call");
    }

    [Fact]
    public async Task A_refused_call_to_an_origin_without_signing_is_logged_as_not_signed()
    {
        await using var sender = Sender.Create(services => services
            .AddLogging(logging => logging.AddProvider(_log))
            .ConfigureHttpClientDefaults(client => client
                .AddRewtSigning(options => options.AllowedOrigins.Add("https://inventory.example:8443"))
                .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => Refusal("Bearer")))));
        var client = sender.Http();
        client.BaseAddress = new Uri("https://inventory.example");

        (await client.SendAsync(HttpMethod.Get, "/a", request => request.Headers.Authorization = new("Basic", "eA=="))).Dispose();
        (await client.CallAsync("/a")).Dispose();

        Lines().Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("https://inventory.example:443 refused a call with 401 (rewt_error none, audience none, key none). The call was not signed");
    }

    [Fact]
    public async Task A_refused_API_key_is_logged_by_its_key_id()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddHttpClient(Sender.Client, client => client.BaseAddress = new Uri("https://inventory.example"))
            .AddRewtApiKey(Key)
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => Refusal("ApiKey")));
        await using var app = services.BuildServiceProvider();

        (await app.GetRequiredService<IHttpClientFactory>().CreateClient(Sender.Client).CallAsync("/a")).Dispose();

        var line = Lines().ShouldHaveSingleItem();
        line.ShouldContain($"key {ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(Key))}");
        line.ShouldContain("AddRewtApiKeys");
        _log.Text.ShouldNotContain(Key[10..]);
    }

    private static string Challenge(string reason) => $"Bearer error=\"invalid_token\", error_description=\"x\", rewt_error=\"{reason}\"";

    private static HttpResponseMessage Refusal(string? challenge)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        if (challenge is not null) response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
        return response;
    }

    private static async Task<Stream> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static Task<HttpStatusCode> CallAsync(Sender sender) => sender.Http().CallAsync("/a").StatusAsync();

    private static void SendSynchronously(Sender sender)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
        using var response = sender.Http().Send(request, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private List<string> Lines() => [.. _log.Text.Split('\n').Where(line => line.Contains("CallRefused", StringComparison.Ordinal))];

    private Task<Sender> CreateAsync(Func<HttpRequestMessage, HttpResponseMessage>? answer = null, Action<RewtSigningOptions>? signing = null) =>
        CreateAsync("https://inventory.example", new StubHandler(answer ?? (_ => Refusal(_challenge))), signing);

    private async Task<Sender> CreateAsync(string address, HttpMessageHandler primary, Action<RewtSigningOptions>? signing = null)
    {
        var sender = Sender.Create(
            services =>
            {
                services.AddSingleton<TimeProvider>(_time);
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
                services.AddHttpClient(Sender.Client, client => client.BaseAddress = new Uri(address))
                    .AddRewtSigning(options =>
                    {
                        options.Audience = "inventory";
                        signing?.Invoke(options);
                    })
                    .ConfigurePrimaryHttpMessageHandler(() => primary);
            },
            new SharedMemoryRing(_time));
        // The first request may cause two reads, after which the check of a key would wait for ever.
        await sender.Ring.GetAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        return sender;
    }
}
