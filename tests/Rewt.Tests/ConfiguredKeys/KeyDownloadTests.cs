using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>What a key server may do to a service that fetches keys from it.</summary>
public sealed class KeyDownloadTests : IAsyncLifetime
{
    private readonly string _set = ScriptedDownload.Set(PublicKey.From(JwkRows.P256));
    private readonly KeyDownload _download = new(TimeProvider.System);
    private TestService? _server;
    private int _reached;

    public async ValueTask InitializeAsync() => _server = await TestService.StartAsync(null, map: application =>
    {
        application.MapGet("/good", (HttpContext context) =>
        {
            context.Response.Headers.ETag = "\"one\"";
            context.Response.Headers.CacheControl = "public, max-age=7";
            return context.Request.Headers.IfNoneMatch == "\"one\"" ? Results.StatusCode(304) : Results.Text(_set, "application/jwk-set+json");
        });
        application.MapGet("/no-cache", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache, max-age=100";
            return Results.Text(_set);
        });
        application.MapGet("/error", () => Results.StatusCode(500));
        application.MapGet("/missing", () => Results.NotFound());
        application.MapGet("/odd-304", () => Results.StatusCode(304));
        application.MapGet("/redirect", () => Results.Redirect("/stranger"));
        application.MapGet("/stranger", () =>
        {
            Interlocked.Increment(ref _reached);
            return _set;
        });
        application.MapGet("/endless", async (HttpContext context) =>
        {
            var piece = new byte[16 * 1024];
            for (var count = 0; count < 100; count++) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        application.MapGet("/slow", async (HttpContext context) =>
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(" "u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(200), context.RequestAborted);
            }
        });
        application.MapGet("/silent", (HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
    });

    public async ValueTask DisposeAsync()
    {
        _download.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_key_set_comes_with_its_tag_and_age_and_only_once()
    {
        var first = await FetchAsync("good");
        var again = await FetchAsync("good", "\"one\"");

        System.Text.Encoding.UTF8.GetString(first.Content!).ShouldBe(_set);
        (first.EntityTag, first.MaxAge).ShouldBe(("\"one\"", TimeSpan.FromSeconds(7)));
        again.Content.ShouldBeNull();
        (await FetchAsync("no-cache")).MaxAge.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("error", "answers 500")]
    [InlineData("missing", "answers 404")]
    [InlineData("odd-304", "redirect")]
    [InlineData("redirect", "redirect")]
    [InlineData("endless", "256 KB")]
    [InlineData("silent", "within 3 s")]
    [InlineData("slow", "within 3 s")]
    public async Task A_server_that_misbehaves_is_an_error_that_describes_the_fault(string path, string reason)
    {
        var error = await Should.ThrowAsync<PublicKeySourceException>(() => FetchAsync(path + "?signature=hunter22"));

        error.Message.ShouldContain(reason);
        error.ToString().ShouldNotContain("hunter22", customMessage: "the query of an address may be secret");
        _reached.ShouldBe(0);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Header: another one\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;extension\r\n{\r\n")]
    [InlineData("HTTP/1.1 200 ", "endless status line")]
    public async Task A_reply_without_an_end_is_an_error_of_bounded_length(string start, string again)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = Task.Run(
            async () =>
            {
                using var connection = await server.AcceptTcpClientAsync(Cancellation);
                var stream = connection.GetStream();
                await stream.ReadExactlyAsync(new byte[1], Cancellation);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(start), Cancellation);
                var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again.Length == 0 ? start : again, 1_000)));
                while (true) await stream.WriteAsync(piece, Cancellation);
            },
            Cancellation);

        var error = await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/jwks.json"), null, Cancellation));

        error.ToString().Length.ShouldBeLessThan(8_000);
        await Should.ThrowAsync<IOException>(() => serving);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_that_names_it()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/jwks.json");

        (await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(address, null, Cancellation))).Message.ShouldContain(address.ToString());
    }

    [Fact]
    public async Task A_server_that_closes_the_connection_at_once_is_asked_once()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = 0;
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var connection = await server.AcceptTcpClientAsync(Cancellation);
                    if (await connection.GetStream().ReadAsync(new byte[1], Cancellation) > 0) asked++;
                }
            },
            Cancellation);

        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/jwks.json");
        (await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(address, null, Cancellation))).Message.ShouldContain("cannot be reached");

        server.Stop();
        await Should.ThrowAsync<Exception>(() => serving);
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Signing_for_all_clients_does_not_sign_what_is_fetched_here()
    {
        await using var signer = await KeyService.StartAsync("auth", [("KeyMode", "KeyPair")], builder => builder.Services.AddRewtInMemoryKeys(), null);
        await using var verifier = await KeyService.StartAsync(
            "inventory",
            [("VerificationKeys:0", signer.Jwks)],
            builder => builder.Services.ConfigureHttpClientDefaults(client => client.AddRewtSigning(options =>
            {
                options.Audience = "elsewhere";
                options.AllowedOrigins.Add("https://elsewhere.example");
            })),
            null);

        (await verifier.AskAsync(await signer.SignAsync("inventory"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<DownloadedKeys> FetchAsync(string path, string? entityTag = null) =>
        _download.FetchAsync(new Uri(_server!.Address, path), entityTag, Cancellation);
}
