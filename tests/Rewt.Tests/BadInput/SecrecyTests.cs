using Microsoft.IdentityModel.Logging;

namespace Rewt.Tests.BadInput;

/// <summary>A service's whole day with everything listened to: no secret, no signature and no password is heard.</summary>
[Collection(WholeProcess.Name)]
public sealed partial class SecrecyTests
{
    private const string Password = "a-password-of-the-connection";

    private const string TooShort = "a human's, and too short";

    [Fact]
    public async Task Nothing_secret_is_in_any_log_event_trace_or_measurement()
    {
        IdentityModelEventSource.Logger.LogLevel = System.Diagnostics.Tracing.EventLevel.Verbose;
        using var overheard = new Overheard();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", Password);
        var secrets = new List<string>();
        var tokens = new List<string>();
        await using (var connection = await redis.ConnectAsync())
        {
            await connection.CommandAsync("AUTH", Password);
            await connection.CommandAsync("SET", "rewt:rewt-secret", TokenForge.KnownSecret, "PX", 3_600_000);
            await LiveAsync(overheard, $"{redis.ConnectionString},password={Password}", connection, tokens, () => KeepAsync(connection, secrets));
        }

        await BeWithoutRedisAsync(overheard, redis);

        secrets.Distinct().Count().ShouldBeGreaterThan(3);
        var heard = string.Join('\n', overheard.Lines);
        overheard.Lines.Count.ShouldBeGreaterThan(500, "there was something to hear");
        heard.ShouldContain("TokenRefused");
        heard.ShouldContain("Microsoft.IdentityModel");
        heard.ShouldNotContain(Password);
        heard.ShouldNotContain(TooShort);
        foreach (var secret in secrets.Distinct().Select(Encoding.UTF8.GetBytes))
        {
            foreach (var spelling in new[] { secret, SHA256.HashData(secret), Thumbprint(secret) }.SelectMany(Spellings)) heard.ShouldNotContain(spelling, Case.Insensitive);
        }

        WholeToken().Matches(heard).Select(match => match.Value).ShouldBeEmpty();
        foreach (var token in tokens) heard.ShouldNotContain(token[(token.LastIndexOf('.') + 1)..]);
        foreach (var (_, _, message) in overheard.Logs.Where(log => log.Category.StartsWith("Rewt", StringComparison.Ordinal)))
        {
            message.Any(char.IsControl).ShouldBeFalse(message);
        }
    }

    [Fact]
    public async Task A_refused_token_is_one_record_of_ours()
    {
        using var overheard = new Overheard();
        await using var host = await StartAsync(overheard, null);
        var forge = Forge();
        foreach (var token in new[] { forge.Token[..^2] + "AA", forge.Claim("iss", "\"a\\r\\nb\"").Token, forge.HeaderMember("kid", "\"x\\r\\ny\"").Token })
        {
            (await host.CallAsync(token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        }

        var records = overheard.Logs.Where(log => log.Event == "TokenRefused").Select(log => log.Message).ToList();
        records.ShouldBe(
        [
            "Scheme Rewt refused a token: invalid (WrongSignature). Its key is known, but its signature is wrong: the token was changed or cut on the way, or forged. If a new token fails too, compare it at both ends.",
            "Scheme Rewt refused a token: invalid (InvalidName). The claim 'iss' is not the name of a service: 1 to 128 letters, digits, and . _ - only. Correct Rewt:ServiceName of the sender.",
            "Scheme Rewt refused a token: stale_key (UnknownKey). Its key 'x\\u000d\\u000ay' is unknown or revoked. Check that the sender uses the same Redis and Rewt:Namespace; list the keys with 'rewt keys list'.",
        ]);
    }

    /// <summary>The hash by which the identity libraries name a symmetric key (RFC 7638).</summary>
    private static byte[] Thumbprint(byte[] secret) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{{\"k\":\"{Base64Url.EncodeToString(secret)}\",\"kty\":\"oct\"}}"));

    [GeneratedRegex(@"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}", RegexOptions.NonBacktracking)]
    private static partial Regex WholeToken();

    private static TokenForge Forge() => new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private static Task<TestService> StartAsync(Overheard overheard, string? redis, Uri? callee = null) => TestService.StartAsync(
        redis,
        settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500),
        configure: builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter(_ => true).AddProvider(new Forwarding(overheard));
            if (redis is null) builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new SeededStores(TimeProvider.System)));
            builder.Services.AddHttpClient("self", client => client.BaseAddress = callee)
                // An application that shows all headers but its own cookie: the token stays hidden all the same.
                .RedactLoggedHeaders(["Cookie"])
                .AddRewtSigning("inventory");
        },
        map: application => application.MapGet("/throws", IResult () => throw new InvalidOperationException("a fault of the endpoint")).RequireAuthorization());

    /// <summary>Good calls, every kind of bad one, rotations, a revocation, a rescued retry.</summary>
    private static async Task LiveAsync(Overheard overheard, string redis, RespClient connection, List<string> tokens, Func<Task> keepAsync)
    {
        var cancellation = Cancellation;
        await using var callee = await StartAsync(overheard, redis);
        await using var caller = await StartAsync(overheard, redis, callee.Address);
        var client = caller.Client("self");
        var forge = Forge();
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/throws", cancellation)).Dispose();

        foreach (var row in AlgorithmRows.All().Concat(ClaimRows.All()).Concat(ShapeRows.All()).Concat(KeyIdRows.All()))
        {
            var token = row.Make(forge);
            // This clock goes on, so that a token just too early may be right by now.
            await callee.Tokens.VerifyBearerAsync(token, cancellation);
            if (token.Length < 8_000 && token.All(c => c is > ' ' and <= '~')) (await callee.CallAsync(token, "/secure")).Dispose();
        }

        foreach (var service in new[] { callee, caller })
        {
            tokens.Add(await service.Tokens.CreateBearerAsync("inventory", new Dictionary<string, object> { ["userId"] = "u" }, cancellation));
            tokens.Add(await service.Data.SignTextAsync("text", cancellation));
            (await callee.Data.VerifyAsync(tokens[^1], cancellation)).IsValid.ShouldBeTrue();
        }

        tokens.Add(forge.Token);
        (await callee.CallAsync(forge.Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await keepAsync();
        await callee.Ring.RotateAsync(cancellation);
        await keepAsync();
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await callee.Ring.RevokeAsync(TokenForge.GoodKeyId, cancellation);
        (await callee.CallAsync(forge.Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        await connection.CommandAsync("DEL", "rewt:rewt-secret");
        (await client.GetAsync("/secure", cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await connection.CommandAsync("GET", "rewt:rewt-secret") is not null, "there is a new secret");
        await keepAsync();
        await connection.CommandAsync("SET", "rewt:rewt-secret", TooShort);
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () =>
        {
            while (true) await caller.Ring.RotateAsync(cancellation);
        });
        await connection.CommandAsync("DEL", "rewt:rewt-secret");
    }

    /// <summary>The secrets that there are now: the current one, the next one and those retired ("until:secret").</summary>
    private static async Task KeepAsync(RespClient connection, List<string> secrets)
    {
        var fields = (object?[])(await connection.CommandAsync("HGETALL", "{rewt:rewt-secret}:ring"))!;
        var values = fields.Append(await connection.CommandAsync("GET", "rewt:rewt-secret")).OfType<string>();
        secrets.AddRange(values.Select(value => value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..]).Where(value => value.Length >= Secret.MinimumBytes));
    }

    private static async Task BeWithoutRedisAsync(Overheard overheard, RedisServer redis)
    {
        await using var wrongPassword = await StartAsync(overheard, $"{redis.ConnectionString},password={Password}-no,connectTimeout=500");
        (await wrongPassword.CallAsync(Forge().Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        await redis.KillAsync();
        await using var away = await StartAsync(overheard, $"{redis.ConnectionString},password={Password},connectTimeout=500");
        (await away.CallAsync(Forge().Token, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static IEnumerable<string> Spellings(byte[] bytes)
    {
        yield return Convert.ToBase64String(bytes).TrimEnd('=');
        yield return Base64Url.EncodeToString(bytes);
        yield return Convert.ToHexString(bytes);
        yield return BitConverter.ToString(bytes);
        if (bytes.All(b => b is >= 0x20 and < 0x7F)) yield return Encoding.ASCII.GetString(bytes);
        if (Base64Url.IsValid(bytes)) yield return Convert.ToHexString(Base64Url.DecodeFromUtf8(bytes));
    }

    /// <summary>Several hosts write into one, and none of them disposes of it.</summary>
    private sealed class Forwarding(Overheard overheard) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => overheard.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
