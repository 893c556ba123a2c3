using System.IO.Compression;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rewt.Tests.Binding;

/// <summary>Verifies that a bound token is accepted only with its request, over each protocol and with each kind of body.</summary>
public sealed class BoundRequestTests
{
    private const RequestBinding All = RequestBinding.Target | RequestBinding.Body;

    private static readonly Dictionary<string, Func<HttpContent?>> Bodies = new(StringComparer.Ordinal)
    {
        ["none"] = () => null,
        ["empty"] = () => new ByteArrayContent([]),
        ["json"] = () => JsonContent.Create(new { Amount = 100 }),
        ["text"] = () => new StringContent("100 €", Encoding.UTF8, "text/plain"),
        ["form"] = () => new FormUrlEncodedContent([new("amount", "100"), new("to", "a b")]),
        ["multipart"] = () => new MultipartFormDataContent { { new StringContent("100"), "amount" }, { new ByteArrayContent(new byte[100_000]), "file", "a.bin" } },
        ["gzip"] = () => Compressed("100"),
        ["stream of unknown length"] = () => new StreamContent(new UnseekableStream(200_000)),
        ["1 MiB"] = () => new ByteArrayContent(RandomNumberGenerator.GetBytes(1024 * 1024)),
    };

    public static MatrixTheoryData<string, bool> BodyNames => new(Bodies.Keys, [false, true]);

    [Theory]
    [MemberData(nameof(BodyNames))]
    public async Task The_endpoint_reads_every_kind_of_bound_body_completely(string name, bool isHttp2)
    {
        await using var payments = await PaymentService.StartAsync(options => (options.Binding, options.OneTime) = (All, true), protocols: isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1);

        using var response = await payments.SendAsync(HttpMethod.Post, "/group/a%2Fb//c/../d?x=1&y=%20", Bodies[name]());

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe(PaymentService.HashOf(payments.LastBody));
        payments.Calls.ShouldBe(1);
        (await payments.SendWithTokenAsync(payments.LastToken, HttpMethod.Post, "/group/a%2Fb//c/../d?x=1&y=%20", Bodies[name]()).ChallengeAsync())
            .ShouldContain(name == "stream of unknown length" || name == "multipart" || name == "1 MiB" ? "rewt_error=\"wrong_request\"" : "rewt_error=\"replayed\"");
        payments.Calls.ShouldBe(1);
    }

    /// <summary>The fourth value is the expected <c>rewt_error</c>; <see langword="null"/> if the endpoint accepts the token.</summary>
    [Theory]
    [InlineData(RequestBinding.None, false, "/any", null)]
    [InlineData(RequestBinding.Target, false, "/any", null)]
    [InlineData(All, true, "/any", null)]
    [InlineData(RequestBinding.None, false, "/target/a", "wrong_request")]
    [InlineData(RequestBinding.Body, false, "/target/a", "wrong_request")]
    [InlineData(RequestBinding.Target, false, "/target/a", null)]
    [InlineData(RequestBinding.Target, false, "/body/a", "wrong_request")]
    [InlineData(RequestBinding.Body, false, "/body/a", "wrong_request")]
    [InlineData(All, false, "/body/a", null)]
    [InlineData(All, false, "/group/a", "wrong_request")]
    [InlineData(RequestBinding.None, true, "/group/a", "wrong_request")]
    [InlineData(All, true, "/group/a", null)]
    [InlineData(RequestBinding.Target, false, "/attribute/a", "wrong_request")]
    [InlineData(RequestBinding.Target, true, "/attribute/a", null)]
    public async Task An_endpoint_runs_only_if_the_token_has_the_required_binding(RequestBinding binding, bool isOneTime, string path, string? refusal)
    {
        await using var payments = await PaymentService.StartAsync();

        using var response = await payments.SendAsync(HttpMethod.Post, path, new StringContent("body"), request => request.SetRewtBinding(binding).SetRewtOneTime(isOneTime));

        response.StatusCode.ShouldBe(refusal is null ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        payments.Calls.ShouldBe(refusal is null ? 1 : 0);
        if (refusal is null) return;
        response.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer error=\"invalid_token\", error_description=\"The token is not for this request\", rewt_error=\"{refusal}\"");
        payments.Service.Log.Text.ShouldContain(path.StartsWith("/attribute", StringComparison.Ordinal) || (path.StartsWith("/group", StringComparison.Ordinal) && !isOneTime) ? "(NotOneTime)" : "(NotBound)");
    }

    [Fact]
    public async Task A_caller_of_another_scheme_does_not_satisfy_the_binding_requirement()
    {
        await using var payments = await PaymentService.StartAsync(
            configure: builder => builder.Services.AddAuthentication("Other").AddScheme<AuthenticationSchemeOptions, AcceptAllHandler>("Other", null));

        (await payments.SendWithTokenAsync("x", HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/target/a", "/body/a", "/group/a", "/attribute/a" }) (await payments.SendWithTokenAsync("x", HttpMethod.Get, path).StatusAsync()).ShouldBe(HttpStatusCode.Forbidden, path);
        payments.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_fails_if_the_authorization_middleware_is_missing()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        await using var application = builder.Build();
        application.MapGet("/target", () => "reached").RequireBoundToken();
        await application.StartAsync(Cancellation);
        using var client = new HttpClient();

        (await client.GetAsync(new Uri(application.Urls.Single() + "/target"), Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData(true, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(true, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(false, false, HttpStatusCode.OK)]
    public async Task A_bound_body_over_the_limit_gets_413_and_other_bodies_are_not_limited(bool isBound, bool isChunked, HttpStatusCode status)
    {
        await using var payments = await PaymentService.StartAsync(options => options.MaxBufferedBodyBytes = 1_000_000, settings: options => options.Binding.MaxBodyBytes = 100_000);
        var body = new byte[100_001];

        using var response = await payments.SendAsync(HttpMethod.Post, "/any", new ByteArrayContent(body), request =>
        {
            request.SetRewtBinding(isBound ? All : RequestBinding.None);
            if (isChunked) request.Headers.TransferEncodingChunked = true;
        });

        response.StatusCode.ShouldBe(status);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        payments.Calls.ShouldBe(isBound ? 0 : 1);
        (await payments.SendAsync(HttpMethod.Post, "/any", new ByteArrayContent(body[..100_000]), request => request.SetRewtBinding(All)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Rewt", "Bearer")]
    [InlineData("Bearer", "Rewt")]
    [InlineData("Rewt", "Cookies")]
    public async Task The_challenge_of_another_scheme_does_not_replace_the_413(string first, string second)
    {
        await using var payments = await PaymentService.StartAsync(
            options => options.Binding = All,
            settings: options => options.Binding.MaxBodyBytes = 10,
            configure: builder => builder.Services.AddAuthentication().AddCookie("Cookies").AddJwtBearer("Bearer", _ => { }),
            use: application => application.MapPost("/both", () => "ok").RequireAuthorization(policy => policy
                .AddAuthenticationSchemes(first, second).RequireAuthenticatedUser()));

        using var response = await payments.SendAsync(HttpMethod.Post, "/both", new ByteArrayContent(new byte[11]));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        response.Headers.Location.ShouldBeNull();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_bound_body_of_100_MB_is_read_only_up_to_the_limit(bool isHttp2, bool isChunked)
    {
        const int Limit = 1_000_000;
        var body = new CountingStream();
        await using var payments = await PaymentService.StartAsync(
            settings: options => options.Binding.MaxBodyBytes = Limit,
            protocols: isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1,
            configure: builder =>
            {
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
                builder.Services.AddSingleton<IStartupFilter>(new FirstMiddleware(context =>
                {
                    context.Request.Body = body.Wrap(context.Request.Body);
                    return Task.CompletedTask;
                }));
            });
        (await payments.SendAsync(HttpMethod.Post, "/any", new ByteArrayContent([1]), request => request.SetRewtBinding(All)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        body.Count = 0;

        using var content = new StreamContent(new UnseekableStream(100_000_000));
        if (!isChunked) content.Headers.ContentLength = 100_000_000;
        try
        {
            (await payments.SendWithTokenAsync(payments.LastToken, HttpMethod.Post, "/any", content).StatusAsync()).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }
        catch (HttpRequestException exception) when (!isHttp2 && exception.InnerException is IOException)
        {
            // The server closes the connection while the client sends. The client may then lose the response (RFC 9112 §9.6).
        }

        body.Count.ShouldBeInRange(isChunked ? Limit : 0, isChunked ? Limit + 64 * 1024 : 0);
        payments.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_middleware_has_already_read_is_not_treated_as_empty()
    {
        await using var payments = await PaymentService.StartAsync(configure: builder => builder.Services.AddSingleton<IStartupFilter>(new FirstMiddleware(context =>
            context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted))));
        (await payments.SendAsync(HttpMethod.Post, "/any", new ByteArrayContent([]), request => request.SetRewtBinding(All)).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        using var altered = await payments.SendWithTokenAsync(payments.LastToken, HttpMethod.Post, "/any", new ByteArrayContent([1, 2, 3]));

        altered.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        payments.Service.Log.Text.ShouldContain("(OtherBody)");
    }

    [Fact]
    public async Task An_anonymous_endpoint_reads_the_complete_body_after_a_token_was_refused()
    {
        await using var payments = await PaymentService.StartAsync(
            settings: options => options.Binding.MaxBodyBytes = 50_000,
            use: application => application.MapPost("/anonymous", (HttpContext context) => application.Services.GetRequiredService<Func<HttpContext, Task>>()(context)).AllowAnonymous(),
            configure: builder => builder.Services.AddSingleton<Func<HttpContext, Task>>(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, Cancellation);
                await context.Response.WriteAsync($"{body.Length} {context.User.Identity?.IsAuthenticated}", Cancellation);
            }));

        var response = payments.SendAsync(HttpMethod.Post, "/anonymous", new StreamContent(new UnseekableStream(90_000)), request => request.SetRewtBinding(All));

        (await response.TextAsync()).ShouldBe("90000 False");
    }

    [Theory]
    [InlineData(64, "HTTP/1.1 100 Continue", "HTTP/1.1 200 OK")]
    [InlineData(2_000, null, "HTTP/1.1 413 Payload Too Large")]
    public async Task A_caller_with_Expect_100_continue_sends_only_a_body_within_the_limit(int length, string? interim, string final)
    {
        await using var payments = await PaymentService.StartAsync(options => options.Binding = All, settings: options => options.Binding.MaxBodyBytes = 1_000);
        var body = new string('x', length);
        var token = await TokenForAsync(payments, "/any", body);
        using var connection = await ConnectAsync(payments);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);

        await WriteAsync(stream, $"POST /any HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        if (interim is not null)
        {
            (await reader.ReadLineAsync(Cancellation)).ShouldBe(interim);
            await reader.ReadLineAsync(Cancellation);
            await WriteAsync(stream, body);
        }

        (await reader.ReadLineAsync(Cancellation)).ShouldBe(final);
        payments.Calls.ShouldBe(interim is null ? 0 : 1);
    }

    [Fact]
    public async Task A_request_with_an_incomplete_body_does_not_reach_the_endpoint()
    {
        await using var payments = await PaymentService.StartAsync(options => options.Binding = All);
        var token = await TokenForAsync(payments, "/any", new string('x', 100));
        using (var connection = await ConnectAsync(payments))
        {
            await WriteAsync(connection.GetStream(), $"POST /any HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 100\r\n\r\nxxxxx");
        }

        (await payments.SendAsync(HttpMethod.Post, "/any", new StringContent("whole")).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        payments.Calls.ShouldBe(1);
        payments.ReceivedBytes.ShouldBe(5);
    }

    [Theory]
    [InlineData("/payments", null, "/a?x=1", "/payments/a?x=1", true)]
    [InlineData("/payments", null, "/a?x=1", "/a?x=1", false)]
    [InlineData(null, "/internal", "/internal/a", "/a", true)]
    [InlineData(null, "/internal", "/internal?x", "/?x", true)]
    [InlineData(null, "/internal", "/internal", "/", true)]
    [InlineData(null, "/internal", "/internals/a", "s/a", false)]
    [InlineData(null, "/internal", "/a", "/a", false)]
    [InlineData("/payments", "/internal", "/internal/a", "/payments/a", true)]
    public async Task The_proxy_settings_restore_the_path_for_which_the_token_was_signed(string? removes, string? adds, string received, string target, bool isAccepted)
    {
        await using var payments = await PaymentService.StartAsync(settings: options => (options.Binding.ProxyRemovesPath, options.Binding.ProxyAddsPath) = (removes, adds));
        var signer = payments.Service.Services.GetRequiredKeyedService<TokenSigners>("").For(null);
        var token = (await signer.SignBearerAsync("payments", null, new TokenBinding("GET", TokenBinding.HashOf(target)), Cancellation)).Value;

        (await payments.SendWithTokenAsync(token, HttpMethod.Get, received).StatusAsync()).ShouldBe(isAccepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/any/a?x=1", "http://a/any/a?x=1", "HTTP/1.1 200 OK")]
    [InlineData("/any/12%2F3", "http://a/any/12%2F3", "HTTP/1.1 401 Unauthorized")]
    [InlineData("/any/..%2Fsecret", "http://a/any/..%2Fsecret", "HTTP/1.1 401 Unauthorized")]
    [InlineData("/any?x=%2F", "http://a/any?x=%2F", "HTTP/1.1 401 Unauthorized")]
    [InlineData("/any", "http://a#/any", "HTTP/1.1 401 Unauthorized")]
    public async Task A_target_in_absolute_form_that_the_server_decodes_differently_is_refused(string target, string sent, string status)
    {
        await using var payments = await PaymentService.StartAsync();
        var token = await TokenForAsync(payments, target, "");
        using var connection = await ConnectAsync(payments);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);

        await WriteAsync(stream, $"POST {sent} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        (await reader.ReadLineAsync(Cancellation)).ShouldBe(status);
    }

    [Fact]
    public async Task A_chunked_form_that_middleware_has_already_read_is_not_treated_as_empty()
    {
        await using var payments = await PaymentService.StartAsync(configure: builder => builder.Services.AddSingleton<IStartupFilter>(new FirstMiddleware(async context =>
        {
            if (context.Request.HasFormContentType) await context.Request.ReadFormAsync(context.RequestAborted);
        })));
        const string Form = "application/x-www-form-urlencoded";
        var token = await TokenForAsync(payments, "/any", "", Form);
        using var connection = await ConnectAsync(payments);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);

        await WriteAsync(stream, $"POST /any HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\namount=900\r\n0\r\n\r\n");

        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 401 Unauthorized");
        payments.Service.Log.Text.ShouldContain("(OtherBody)");
    }

    [Fact]
    public async Task A_token_is_refused_if_its_key_is_revoked_while_the_bound_body_arrives()
    {
        await using var payments = await PaymentService.StartAsync(options => options.Binding = All);
        var token = await TokenForAsync(payments, "/any", "abc");
        using var connection = await ConnectAsync(payments);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await WriteAsync(stream, $"POST /any HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 100 Continue", "the receiver has verified the token and reads the body");
        await reader.ReadLineAsync(Cancellation);

        var current = (await payments.Service.Ring.GetAsync(Cancellation)).Keys.Single(key => key.State == RewtKeyState.Current);
        await payments.Service.Ring.RevokeAsync(current.KeyId, Cancellation);
        await WriteAsync(stream, "abc");

        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 401 Unauthorized");
        payments.Calls.ShouldBe(0);
    }

    private static async Task<string> TokenForAsync(PaymentService payments, string target, string body, string? contentType = null)
    {
        var signer = payments.Service.Services.GetRequiredKeyedService<TokenSigners>("").For(null);
        return (await signer.SignBearerAsync("payments", null, new TokenBinding("POST", TokenBinding.HashOf(target), TokenBinding.HashOf(TokenBinding.BodyHead(contentType, null) + body)), Cancellation)).Value;
    }

    private static async Task<TcpClient> ConnectAsync(PaymentService payments)
    {
        var client = new TcpClient();
        await client.ConnectAsync(payments.Service.Address.Host, payments.Service.Address.Port, Cancellation);
        return client;
    }

    private static ValueTask WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);

    private static ByteArrayContent Compressed(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.ASCII.GetBytes(text));
        return new ByteArrayContent(bytes.ToArray()) { Headers = { ContentEncoding = { "gzip" }, ContentType = new("text/plain") } };
    }

    /// <summary>Adds a middleware that runs before the authentication.</summary>
    private sealed class FirstMiddleware(Func<HttpContext, Task> run) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Use(async (context, rest) =>
            {
                await run(context);
                await rest();
            });
            next(application);
        };
    }

    /// <summary>Counts the bytes that are read from the connection.</summary>
    private sealed class CountingStream : MemoryStream
    {
        private Stream _body = Null;

        public long Count { get; set; }

        public override bool CanSeek => false;

        public CountingStream Wrap(Stream body)
        {
            _body = body;
            return this;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await _body.ReadAsync(buffer, cancellationToken);
            Count += count;
            return count;
        }
    }

    private sealed class UnseekableStream(int length) : MemoryStream(RandomNumberGenerator.GetBytes(length))
    {
        public override bool CanSeek => false;
    }

    private sealed class AcceptAllHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new("htm", "GET"), new("otu", "true")], Scheme.Name)), Scheme.Name)));
    }
}
