using System.IO.Compression;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests downloads of keys from servers that behave well and from servers that do not.</summary>
public sealed class KeyDownloadTests : IAsyncLifetime
{
    private readonly string _set = ScriptedDownload.Set(PublicKey.From(JwkRows.P256));
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _isWaiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KeyDownload _download;
    private TestService? _server;
    private int _redirectTargetRequests;

    public KeyDownloadTests() => _download = new KeyDownload(_time);

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
        application.MapGet("/cached", (HttpContext context, string age) =>
        {
            (context.Response.Headers.CacheControl, context.Response.Headers.Age) = ("max-age=100", age);
            return Results.Text(_set);
        });
        application.MapGet("/compressed", async (HttpContext context) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var compressed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await compressed.WriteAsync(Encoding.UTF8.GetBytes(_set), context.RequestAborted);
        });
        application.MapGet("/compressed-endless", async (HttpContext context) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var compressed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            var piece = new byte[16 * 1024];
            for (var count = 0; count < 100; count++) await compressed.WriteAsync(piece, context.RequestAborted);
        });
        application.MapGet("/compressed-damaged", (HttpContext context) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return _set;
        });
        application.MapGet("/error", () => Results.StatusCode(500));
        application.MapGet("/missing", () => Results.NotFound());
        application.MapGet("/odd-304", () => Results.StatusCode(304));
        application.MapGet("/redirect", () => Results.Redirect("/stranger"));
        application.MapGet("/stranger", () =>
        {
            Interlocked.Increment(ref _redirectTargetRequests);
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
                _isWaiting.TrySetResult();
                await Task.Delay(TimeSpan.FromMilliseconds(200), context.RequestAborted);
            }
        });
        application.MapGet("/silent", (HttpContext context) =>
        {
            _isWaiting.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
    });

    public async ValueTask DisposeAsync()
    {
        _download.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_compressed_key_set_is_read_up_to_the_limit_of_its_length()
    {
        Encoding.UTF8.GetString((await FetchAsync("compressed")).Content!).ShouldBe(_set);

        (await Should.ThrowAsync<PublicKeySourceException>(() => FetchAsync("compressed-endless"))).Message.ShouldContain("more than 1024 KB");
        (await Should.ThrowAsync<PublicKeySourceException>(() => FetchAsync("compressed-damaged"))).Message.ShouldContain("damaged compressed data");
    }

    [Fact]
    public async Task A_key_set_is_downloaded_with_its_ETag_and_max_age_and_only_if_changed()
    {
        var first = await FetchAsync("good");
        var again = await FetchAsync("good", "\"one\"");

        Encoding.UTF8.GetString(first.Content!).ShouldBe(_set);
        (first.EntityTag, first.MaxAge).ShouldBe(("\"one\"", TimeSpan.FromSeconds(7)));
        again.Content.ShouldBeNull();
        (await FetchAsync("no-cache")).MaxAge.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("0", 100)]
    [InlineData("40", 60)]
    [InlineData("200", 0)]
    [InlineData("unknown", 100)]
    public async Task The_age_of_a_cached_response_is_subtracted_from_its_max_age(string age, int left) =>
        (await FetchAsync($"cached?age={age}")).MaxAge.ShouldBe(TimeSpan.FromSeconds(left));

    [Theory]
    [InlineData("error", "answers 500")]
    [InlineData("missing", "answers 404")]
    [InlineData("odd-304", "redirect")]
    [InlineData("redirect", "redirect")]
    [InlineData("endless", "1024 KB")]
    [InlineData("silent", "within 3 s")]
    [InlineData("slow", "within 3 s")]
    public async Task A_misbehaving_key_server_causes_an_error_that_describes_the_fault(string path, string reason)
    {
        var fetching = FetchAsync(path + "?signature=hunter22");
        if (path is "silent" or "slow")
        {
            await _isWaiting.Task.WaitAsync(Cancellation);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        var error = await Should.ThrowAsync<PublicKeySourceException>(() => fetching);

        error.Message.ShouldContain(reason);
        error.ToString().ShouldNotContain("hunter22", customMessage: "the query of an address may be secret");
        _redirectTargetRequests.ShouldBe(0);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Header: another one\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;extension\r\n{\r\n")]
    [InlineData("HTTP/1.1 200 ", "endless status line")]
    public async Task An_endless_response_causes_an_error_of_bounded_length(string start, string repeated)
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
                var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(repeated.Length == 0 ? start : repeated, 1_000)));
                while (true) await stream.WriteAsync(piece, Cancellation);
            },
            Cancellation);

        var error = await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/jwks.json"), null, Cancellation));

        error.ToString().Length.ShouldBeLessThan(8_000);
        await Should.ThrowAsync<IOException>(() => serving);
    }

    [Fact]
    public async Task An_unreachable_key_server_causes_an_error_that_names_its_address()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/jwks.json");

        (await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(address, null, Cancellation))).Message.ShouldContain(address.ToString());
    }

    [Fact]
    public async Task A_server_that_closes_the_connection_receives_only_one_request()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var requests = 0;
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var connection = await server.AcceptTcpClientAsync(Cancellation);
                    if (await connection.GetStream().ReadAsync(new byte[1], Cancellation) > 0) requests++;
                }
            },
            Cancellation);

        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/jwks.json");
        (await Should.ThrowAsync<PublicKeySourceException>(() => _download.FetchAsync(address, null, Cancellation))).Message.ShouldContain("cannot be reached");

        server.Stop();
        await Should.ThrowAsync<Exception>(() => serving);
        requests.ShouldBe(1);
    }

    [Fact]
    public async Task Signing_for_all_clients_does_not_apply_to_key_downloads()
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
