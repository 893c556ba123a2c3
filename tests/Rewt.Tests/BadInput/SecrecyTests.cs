using Microsoft.IdentityModel.Logging;

namespace Rewt.Tests.BadInput;

/// <summary>Verifies that logs, events, traces and measurements of services contain no secret, no signature and no password.</summary>
[Collection(WholeProcess.Name)]
public sealed partial class SecrecyTests
{
    private const string Password = "a-password-of-the-connection";

    private const string TooShort = "a human's, and too short";

    [Fact]
    public async Task No_log_event_trace_or_measurement_contains_a_secret()
    {
        IdentityModelEventSource.Logger.LogLevel = System.Diagnostics.Tracing.EventLevel.Verbose;
        using var recorder = new TelemetryRecorder();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", Password);
        var secrets = new List<string>();
        var tokens = new List<string>();
        await using (var connection = await redis.ConnectAsync())
        {
            await connection.CommandAsync("AUTH", Password);
            await connection.CommandAsync("SET", "rewt:rewt-secret", TokenForge.KnownSecret, "PX", 3_600_000);
            await RunAsync(recorder, $"{redis.ConnectionString},password={Password}", connection, tokens, () => CollectSecretsAsync(connection, secrets));
        }

        await RunWithoutRedisAsync(recorder, redis);

        secrets.Distinct().Count().ShouldBeGreaterThan(3);
        var output = string.Join('\n', recorder.Lines);
        recorder.Lines.Count.ShouldBeGreaterThan(500, "the telemetry was recorded");
        output.ShouldContain("TokenRefused");
        output.ShouldContain("Microsoft.IdentityModel");
        output.ShouldNotContain(Password);
        output.ShouldNotContain(TooShort);
        foreach (var secret in secrets.Distinct().Select(Encoding.UTF8.GetBytes))
        {
            foreach (var encoding in new[] { secret, SHA256.HashData(secret), Thumbprint(secret) }.SelectMany(Encodings)) output.ShouldNotContain(encoding, Case.Insensitive);
        }

        CompleteToken().Matches(output).Select(match => match.Value).ShouldBeEmpty();
        foreach (var token in tokens) output.ShouldNotContain(token[(token.LastIndexOf('.') + 1)..]);
        foreach (var (_, _, message) in recorder.Logs.Where(log => log.Category.StartsWith("Rewt", StringComparison.Ordinal)))
        {
            message.Any(char.IsControl).ShouldBeFalse(message);
        }
    }

    [Fact]
    public async Task A_refused_token_is_logged_in_one_record()
    {
        using var recorder = new TelemetryRecorder();
        await using var host = await StartAsync(recorder, null);
        var forge = Forge();
        foreach (var token in new[] { forge.Token[..^8] + "AAAAAAAA", forge.Claim("iss", "\"a\\r\\nb\"").Token, forge.HeaderMember("kid", "\"x\\r\\ny\"").Token })
        {
            (await host.CallAsync(token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        }

        var keyId = new JsonWebToken(forge.Token).Kid;
        var records = recorder.Logs.Where(log => log.Event == "TokenRefused").Select(log => log.Message).ToList();
        records.ShouldBe(
        [
            $"Scheme Rewt refused a token: invalid (WrongSignature). Its key is known, but its signature is wrong: the token was changed or cut on the way, or forged. If a new token fails too, compare it at both ends. (iss 'orders', kid '{keyId}')",
            $"Scheme Rewt refused a token: invalid (InvalidName). The claim 'iss' is not the name of a service: 1 to 128 letters, digits, and . _ - only. Correct Rewt:ServiceName of the sender. (iss 'a\\u000d\\u000ab', kid '{keyId}')",
            "Scheme Rewt refused a token: stale_key (UnknownKey). Its key 'x\\u000d\\u000ay' is unknown or revoked. Check that the sender uses the same Redis and Rewt:Namespace; list the keys with 'rewt keys list'. For a sender with Rewt:SigningKey, set Rewt:VerificationKeys. (iss 'orders', kid 'x\\u000d\\u000ay')",
        ]);
    }

    /// <summary>Returns the hash that the identity libraries use as the name of a symmetric key (RFC 7638).</summary>
    private static byte[] Thumbprint(byte[] secret) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{{\"k\":\"{Base64Url.EncodeToString(secret)}\",\"kty\":\"oct\"}}"));

    [GeneratedRegex(@"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}", RegexOptions.NonBacktracking)]
    private static partial Regex CompleteToken();

    private static TokenForge Forge() => new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private static Task<TestService> StartAsync(TelemetryRecorder recorder, string? redis, Uri? callee = null) => TestService.StartAsync(
        redis,
        settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500),
        configure: builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter(_ => true).AddProvider(new ForwardingLoggerProvider(recorder));
            if (redis is null) builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new KnownSecretStoreFactory(TimeProvider.System)));
            builder.Services.AddHttpClient("self", client => client.BaseAddress = callee)
                // The application redacts only its cookie. The token must be redacted nevertheless.
                .RedactLoggedHeaders(["Cookie"])
                .AddRewtSigning("inventory");
        },
        map: application => application.MapGet("/throws", IResult () => throw new InvalidOperationException("a fault of the endpoint")).RequireAuthorization());

    /// <summary>Runs valid calls, all invalid tokens, rotations, a revocation and a successful retry.</summary>
    private static async Task RunAsync(TelemetryRecorder recorder, string redis, RespClient connection, List<string> tokens, Func<Task> collectSecretsAsync)
    {
        var cancellation = Cancellation;
        await using var callee = await StartAsync(recorder, redis);
        await using var caller = await StartAsync(recorder, redis, callee.Address);
        var client = caller.Client("self");
        var forge = Forge();
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/throws", cancellation)).Dispose();

        foreach (var row in AlgorithmRows.All().Concat(ClaimRows.All()).Concat(ShapeRows.All()).Concat(KeyIdRows.All()))
        {
            var token = row.Make(forge);
            // The clock advances, so that a token that was not yet valid may be valid now.
            await callee.Tokens.VerifyBearerAsync(token, cancellation);
            if (token.Length < 8_000 && token.All(c => c is > ' ' and <= '~')) (await callee.CallAsync(token, "/secure")).Dispose();
        }

        foreach (var service in new[] { callee, caller })
        {
            tokens.Add(await service.Tokens.CreateBearerAsync("inventory", new Dictionary<string, object> { ["userId"] = "u" }, cancellation));
            tokens.Add(await service.Data.SignTextAsync("text", cancellation));
            (await callee.Data.VerifyAsync(tokens[^1], cancellation)).IsValid.ShouldBeTrue();
        }

        // The first token may have expired on a slow machine.
        forge = Forge();
        tokens.Add(forge.Token);
        (await callee.CallAsync(forge.Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await collectSecretsAsync();
        await callee.Ring.RotateAsync(cancellation);
        await collectSecretsAsync();
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await callee.Ring.RevokeAsync(TokenForge.GoodKeyId, cancellation);
        (await callee.CallAsync(forge.Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        await connection.CommandAsync("DEL", "rewt:rewt-secret");
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await connection.CommandAsync("GET", "rewt:rewt-secret") is not null, "a new secret exists");
        await collectSecretsAsync();
        await connection.CommandAsync("SET", "rewt:rewt-secret", TooShort);
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () =>
        {
            while (true) await caller.Ring.RotateAsync(cancellation);
        });
        await connection.CommandAsync("DEL", "rewt:rewt-secret");
    }

    /// <summary>Adds the secrets that exist now: the current, the pending and the retired secrets ("until:secret").</summary>
    private static async Task CollectSecretsAsync(RespClient connection, List<string> secrets)
    {
        var fields = (object?[])(await connection.CommandAsync("HGETALL", "{rewt:rewt-secret}:ring"))!;
        var values = fields.Append(await connection.CommandAsync("GET", "rewt:rewt-secret")).OfType<string>();
        secrets.AddRange(values.Select(value => value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..]).Where(value => value.Length >= Secret.MinimumBytes));
    }

    private static async Task RunWithoutRedisAsync(TelemetryRecorder recorder, RedisServer redis)
    {
        await using var wrongPassword = await StartAsync(recorder, $"{redis.ConnectionString},password={Password}-no,connectTimeout=500");
        (await wrongPassword.CallAsync(Forge().Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        await redis.KillAsync();
        await using var unavailable = await StartAsync(recorder, $"{redis.ConnectionString},password={Password},connectTimeout=500");
        (await unavailable.CallAsync(Forge().Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static IEnumerable<string> Encodings(byte[] bytes)
    {
        yield return Convert.ToBase64String(bytes).TrimEnd('=');
        yield return Base64Url.EncodeToString(bytes);
        yield return Convert.ToHexString(bytes);
        yield return BitConverter.ToString(bytes);
        if (bytes.All(b => b is >= 0x20 and < 0x7F)) yield return Encoding.ASCII.GetString(bytes);
        if (Base64Url.IsValid(bytes)) yield return Convert.ToHexString(Base64Url.DecodeFromUtf8(bytes));
    }

    /// <summary>Forwards the logs of a host to the recorder, which the host must not dispose.</summary>
    private sealed class ForwardingLoggerProvider(TelemetryRecorder recorder) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => recorder.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
