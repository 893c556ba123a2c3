using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Apps;
using Rewt.Tests.Dashboard;
using Rewt.Tests.Operations;
using Rewt.Tests.Pairs;

namespace Rewt.Tests.BadInput;

/// <summary>Verifies that text from writers in Redis, key servers, callers and callees is escaped and truncated.</summary>
public sealed class UntrustedTextTests
{
    /// <summary>Contains ESC, BEL, CR, LF, NEL, a line separator, characters that reverse or hide text, a lone surrogate, a tag outside the basic plane.</summary>
    private const string Hostile = "\u001b[31mred\u0007\r\nforged line\u0085\u2028\u202ereversed\u2066\u200b\ud800\U000E0041'\"";

    private const int LongestLine = 4_000;

    private static readonly string[] Audiences = ["inventory"];

    private static readonly string Huge = Hostile + new string('x', 1_000_000);

    [Theory]
    [InlineData("orders/5f83", "orders/5f83")]
    [InlineData("größe 日本 😀", "größe 日本 😀")]
    [InlineData("a\u001b[2J\r\n\tb", "a\\u001b[2J\\u000d\\u000a\\u0009b")]
    [InlineData("a\u202eb\u2066c\u200dd\ufeff", "a\\u202eb\\u2066c\\u200dd\\ufeff")]
    [InlineData("a\u2028b\u0085c", "a\\u2028b\\u0085c")]
    [InlineData("a\U000E0041b", "a\\udb40\\udc41b")]
    public void Only_characters_that_a_log_or_a_terminal_interprets_are_escaped(string text, string escaped)
    {
        UntrustedText.Escape(text).ShouldBe(escaped);
        UntrustedText.Escape(escaped).ShouldBe(escaped, "an escaped text is not escaped again");
        UntrustedText.Escape("a\ud800b\udc00").ShouldBe("a\\ud800b\\udc00", "a lone surrogate is escaped");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(200)]
    public void A_long_text_is_truncated_visibly_and_not_within_an_escaped_character(int length)
    {
        foreach (var text in new[] { new string('x', 1_000), new string('\u001b', 1_000), string.Concat(Enumerable.Repeat("😀", 500)), Huge })
        {
            var cut = UntrustedText.Escape(text, length);

            cut.Length.ShouldBeInRange(length - 12, length);
            cut.ShouldEndWith("...");
            UntrustedText.Escape(cut, length).ShouldBe(cut);
            ShouldBeClean(cut);
            UntrustedText.Quote(text, length)[1..^1].ShouldNotContain('\'');
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Untrusted_text_is_escaped_and_truncated_in_all_outputs()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.SetAsync("rewt:rewt-secret", TokenForge.KnownSecret, TimeSpan.FromHours(1));
        var measured = new ConcurrentQueue<string>();
        using var meters = Listen(measured);
        using var keyServer = new TcpListener(IPAddress.Loopback, 0);
        keyServer.Start();
        var serving = ServeAsync(keyServer, "HTTP/1.1 2" + Hostile.Replace("\r\n", "", StringComparison.Ordinal) + new string('x', 20_000) + "\r\n\r\n");
        await using var keys = await TestService.StartAsync(null, map: application => application.MapGet("/keys", () => JsonSerializer.Serialize(new { keys = new object[] { new { kty = "EC", kid = Huge[..9_000], crv = Hostile }, new { kty = Hostile } } })));
        await using var service = await StartAsync(redis.ConnectionString, $"http://127.0.0.1:{((IPEndPoint)keyServer.LocalEndpoint).Port}/keys", new Uri(keys.Address, "/keys").ToString());
        await service.WarmAsync();

        await FillAsync(redis, service);
        await CallAsync(service);
        await Eventually.TrueAsync(
            () => service.Log.Text is var log && Array.TrueForAll(["KeySourceUnavailable", "PublicKeyRefused", "TokenRefused", "ApiKeyRefused", "CallRefused"], name => log.Contains(name, StringComparison.Ordinal)),
            "all events are logged");

        var health = await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
        ShouldBeClean(health.Entries["rewt"].Description!);
        foreach (var line in service.Log.Lines.Where(line => !line.Contains("   at ", StringComparison.Ordinal))) ShouldBeClean(line);
        ShouldBeClean(service.Log.Text);
        Strings(await service.SnapshotAsync()).ShouldNotBeEmpty();
        foreach (var text in Strings(await service.SnapshotAsync())) ShouldBeClean(text);
        measured.ShouldNotBeEmpty();
        foreach (var tags in measured) ShouldBeClean(tags);
        await RunToolAsync(redis.ConnectionString);

        keyServer.Stop();
        await Should.ThrowAsync<Exception>(() => serving);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void The_name_in_an_untrusted_certificate_is_escaped_and_truncated(int tag)
    {
        var authority = TestAuthority.Root();
        var name = new string([.. Huge.Where(char.IsAscii).Take(5_000)]);
        var attestation = PublishedPair.Generate().Attest(authority.Issue(TestAuthority.San([(tag, Encoding.ASCII.GetBytes(name))])), []);

        var shown = Attestation.TryRead(attestation)!.Describe();

        shown.ShouldStartWith("\\u001b[31mred\\u0007\\u000d\\u000a");
        ShouldBeClean(shown);
    }

    [Theory]
    [InlineData("-ERR ")]
    [InlineData("-WRONGPASS ")]
    [InlineData("+")]
    [InlineData("")]
    public async Task Text_from_a_server_that_is_not_Redis_is_escaped_and_truncated(string prefix)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = ServeAsync(server, string.Concat(Enumerable.Repeat(prefix + Hostile.Replace("\r\n", "", StringComparison.Ordinal) + new string('x', 100_000) + "\r\n", 20)));
        await using (var service = await TestService.StartAsync($"127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port},connectTimeout=500"))
        {
            var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RotateAsync(Cancellation));
            ShouldBeClean(exception.ToString());
            for (Exception? cause = exception; cause is not null; cause = cause.InnerException) ShouldBeClean(cause.Message);
            await Eventually.TrueAsync(() => service.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the outage is logged");
            ShouldBeClean(service.Log.Text);
        }

        server.Stop();
        await Should.ThrowAsync<Exception>(() => serving);
    }

    [Fact]
    public void The_name_of_an_announced_server_is_escaped_and_truncated() => ShouldBeClean(ServerDiagnosis.Name(new DnsEndPoint(Huge, 6379)));

    /// <summary>Verifies that the text contains no interpreted characters except the line ends of a stack trace, and no line over the limit.</summary>
    private static void ShouldBeClean(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            line.Length.ShouldBeLessThan(LongestLine, line[..Math.Min(line.Length, 400)]);
            line.TrimEnd('\r').EnumerateRunes().ShouldAllBe(rune => !UntrustedText.IsInterpreted(rune), line);
            line.ShouldNotStartWith("forged line");
        }
    }

    private static Task<TestService> StartAsync(string redis, string keyServer, string keySet) => DashboardService.StartAsync(redis, configure: builder =>
    {
        builder.Services.AddHealthChecks().AddRewtCheck();
        var authentication = builder.Services.AddAuthentication().AddRewtApiKeys();
        authentication.AddRewt("Broken", options => (options.Namespace, options.VerificationKeys) = ("broken", [keyServer]));
        authentication.AddRewt("Odd", options => (options.Namespace, options.VerificationKeys) = ("odd", [keySet]));
        authentication.AddRewt("Pairs", options =>
        {
            (options.Namespace, options.KeyMode, options.Redis) = ("pairs", KeyMode.KeyPair, redis);
            options.TrustedIssuers.Add("orders");
        });
        builder.Services.AddHttpClient("callee", client => client.BaseAddress = new Uri("https://callee.example"))
            .AddRewtSigning("callee")
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
                response.Headers.TryAddWithoutValidation("WWW-Authenticate", $"Bearer rewt_error=\"{Huge.Replace("\"", "", StringComparison.Ordinal).Replace("\r\n", "", StringComparison.Ordinal)}\"");
                return response;
            }));
    });

    /// <summary>Writes hostile text into each Redis key.</summary>
    private static async Task FillAsync(RedisServer redis, TestService service)
    {
        var acme = await service.AddAcmeAsync(audiences: ["inventory"]);
        foreach (var text in new[] { Hostile, Huge })
        {
            await redis.CommandAsync("HSET", "{rewt:rewt-secret}:ring", "by", text, "settings", text, text, text, "retired:" + text, text);
            await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:dead", "+inf", text);
            await redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", "+inf", text, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), $"{text}/1|{text}|1");
            await redis.CommandAsync("HSET", "{rewt:rewt-secret}:app-uses", text, text, acme.KeyId, text);
            await redis.CommandAsync("HSET", "{rewt:rewt-secret}:apps", text, text, "evil", App("evil", text), "scoped" + text.Length, App("scoped" + text.Length, "", text), ":stamp", text);
            await redis.CommandAsync("SET", "{pairs:rewt-keys}:orders:epoch", text);
            await redis.CommandAsync("HSET", "{pairs:rewt-keys}:orders:keys", text, text);
            await redis.CommandAsync("ZADD", "{pairs:rewt-keys}:orders:dead", 1e15, text);
            await redis.CommandAsync("PUBLISH", "{rewt:rewt-secret}:look", text);
        }

        // A valid app whose name contains all hostile characters that a name may contain.
        await redis.CommandAsync("HSET", "{rewt:rewt-secret}:apps", "named", App("named", Hostile.Replace("\ud800", "", StringComparison.Ordinal)));
    }

    private static string App(string id, string name, params string[] scopes) =>
        JsonSerializer.Serialize(new { id, name, owner = name, audiences = Audiences, scopes, keys = Array.Empty<object>() });

    private static async Task CallAsync(TestService service)
    {
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var json = JsonSerializer.Serialize(Hostile + new string('x', 2_000));
        TokenForge[] tokens = [forge.HeaderMember("kid", json), forge.HeaderMember("alg", json), forge.HeaderMember("typ", json), forge.Claim("iss", json), forge.Claim("aud", json), forge.Claim("sub", json), forge.Claim("jti", json)];
        foreach (var token in tokens) (await service.CallAsync(token.Token)).Dispose();
        (await service.GetAsync("/counted", "ApiKey rewt_" + new string('x', 20_000))).Dispose();
        await service.Client("callee").GetAsync(new Uri("/", UriKind.Relative), Cancellation).StatusAsync();
        await service.CommandAsync("revoke", new { keyId = Huge });
        await service.CommandAsync("rotate", new { ring = Hostile });
    }

    private static async Task RunToolAsync(string redis)
    {
        var token = $"{TokenForge.Part(JsonSerializer.Serialize(new Dictionary<string, string> { ["alg"] = Hostile, [Hostile] = Hostile }))}.{TokenForge.Part(JsonSerializer.Serialize(new Dictionary<string, string> { ["iss"] = Hostile, ["long"] = new('x', 3_000) }))}.AAAA";
        string[][] commands =
        [
            ["keys", "list"], ["keys", "list", "--namespace", "pairs"], ["keys", "list", "--show-secret"], ["apps", "list"], ["doctor"], ["watch", "--changes", "1"], ["token", "inspect", token], ["token", "verify", token],
            ["tenants", "list"], ["apps", "revoke", Hostile, "--yes"],
        ];
        foreach (var command in commands)
        {
            foreach (var format in new[] { "table", "json" })
            {
                string[] server = command is ["token", "inspect", ..] ? [] : ["--redis", redis];
                var (_, output, errors) = await ToolRun.RunAsync([.. command, "-o", format, .. server]);
                ShouldBeClean(output);
                ShouldBeClean(errors);
                if (format == "json" && command[0] != "watch" && output.Length > 0) JsonDocument.Parse(output[..(output.LastIndexOf('}') + 1)]).Dispose();
                if (command is ["apps", "list"] && format == "json") output.ShouldContain("\\u001b[31mred");
            }
        }
    }

    private static MeterListener Listen(ConcurrentQueue<string> measured)
    {
        var meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        meters.Start();
        return meters;

        void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (instrument.Meter.Name == RewtMetrics.MeterName) measured.Enqueue(string.Join(' ', tags.ToArray()));
        }
    }

    private static async Task ServeAsync(TcpListener server, string answer)
    {
        while (true)
        {
            using var client = await server.AcceptTcpClientAsync(Cancellation);
            try
            {
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[4096], Cancellation) > 0) await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), Cancellation);
            }
            catch (IOException)
            {
                // The client has closed the connection.
            }
        }
    }

    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Strings(member.Value).Append(member.Name)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [value.GetString()!],
        _ => [],
    };
}
