using Rewt.Tests.Tenants;
using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

/// <summary>Tests which tokens can be signed with a stolen backup of Redis.</summary>
public sealed partial class DumpTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_Redis_dump_of_a_sealed_fleet_contains_no_usable_key()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--rdbcompression", "no");
        await using var shared = await TestService.StartAsync(redis.ConnectionString, settings: With(A));
        await using var tenants = await TenantService.StartAsync(redis, options => (options.Sealing.Keys, options.Namespace) = ([A], "tenants"));
        await using var pairs = await TestService.StartAsync(redis.ConnectionString, settings: options => (options.KeyMode, options.Namespace, options.Sealing.Keys) = (KeyMode.KeyPair, "pairs", [A]));
        var pair = await pairs.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        foreach (var service in new[] { shared, tenants })
        {
            await service.Ring.RotateAsync(Cancellation);
            await service.Ring.RevokeAsync((await service.Ring.GetAsync(Cancellation)).Keys.First(key => key.State == RewtKeyState.Retired).KeyId, Cancellation);
            await service.Ring.RotateAsync(Cancellation);
        }

        await tenants.Tenants.RevokeTenantAsync("another", Cancellation);
        var ring = await shared.Ring.GetAsync(Cancellation);
        var tenantRing = await tenants.Ring.GetAsync(Cancellation);
        var pairId = TokenHeader.TryRead(pair)!.KeyId!;

        var candidates = await CandidatesAsync(redis);
        candidates.Count.ShouldBeGreaterThan(500);

        var acme = tenants.Tenants.Tokens("acme");
        var accepted = 0;
        foreach (var candidate in candidates)
        {
            foreach (var keyId in ring.Keys.Select(key => key.KeyId)) accepted += await VerifiedAsync(shared.Tokens, Token(candidate, keyId));
            accepted += await VerifiedAsync(pairs.Tokens, Token(candidate, pairId));
            if (Secret.TryParse(candidate, out _)?.Derive(new("tenants", "acme"), default) is not { } derived) continue;
            foreach (var keyId in tenantRing.Keys.Select(key => TenantKeyId.Of(KeyId.Parse(key.KeyId), default).ToString()))
            {
                accepted += await VerifiedAsync(acme, Token(candidate, keyId, "acme"));
                accepted += await VerifiedAsync(acme, Token(derived.CopyBytes(), keyId, "acme"));
            }
        }

        output.WriteLine($"{candidates.Count} parts of the dump, {accepted} tokens accepted");
        accepted.ShouldBe(0);

        // A token that is forged with the secret itself is accepted, so only the key was missing before.
        var secret = ((RingSnapshot)shared.Provider.Known!).Current!.Secret;
        (await AcceptedAsync(shared, Token(secret.CopyBytes(), secret.KeyId.ToString()))).ShouldBe(1);
        (await VerifiedAsync(shared.Tokens, Token(secret.CopyBytes(), secret.KeyId.ToString()))).ShouldBe(1);
        var tenantSecret = ((RingSnapshot)tenants.Services.GetRequiredService<KeyRingRegistry>().Provider("tenants").Known!).Current!.Secret;
        var tenantToken = Token(tenantSecret.Derive(new("tenants", "acme"), default).CopyBytes(), TenantKeyId.Of(tenantSecret.KeyId, default).ToString(), "acme");
        (await AcceptedAsync(tenants, tenantToken, "acme")).ShouldBe(1);
        (await VerifiedAsync(acme, tenantToken)).ShouldBe(1);
        candidates.Any(candidate => candidate.AsSpan().SequenceEqual(secret.Bytes)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_sealing_key_and_a_dump_can_sign_until_the_dumped_keys_are_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: With(A));
        var keyId = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var dumped = (await redis.GetAsync(SecretName))!;
        var secret = await SealingKeys.TryRead([A], out _)!.UnprotectAsync(dumped.Split(':')[2], $"rewt secret v1|rewt|{SecretName}||{keyId}", Cancellation);

        (await AcceptedAsync(service, Token(secret, keyId))).ShouldBe(1);
        await service.Ring.RevokeAsync(keyId, Cancellation);

        (await AcceptedAsync(service, Token(secret, keyId))).ShouldBe(0);
        foreach (var key in (await service.Ring.GetAsync(Cancellation)).Keys) (await AcceptedAsync(service, Token(secret, key.KeyId))).ShouldBe(0);
    }

    /// <summary>Returns all texts of the RDB file and of its values, whole and in parts, unchanged and decoded.</summary>
    private static async Task<IReadOnlyCollection<byte[]>> CandidatesAsync(RedisServer redis)
    {
        await redis.CommandAsync("SAVE");
        var directory = (await redis.CliAsync("CONFIG", "GET", "dir")).Split('\n')[1];
        var file = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(directory, "dump.rdb"), Cancellation));
        var texts = Printable().Matches(file).Select(match => match.Value).ToList();
        texts.AddRange((await redis.CliAsync("KEYS", "*")).Split('\n'));
        texts.AddRange((await redis.StoredAsync()));
        var parts = texts.Concat(texts.SelectMany(text => text.Split(':', '.', '|', ',', '"', ' ', '{', '}'))).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        // A secret of the length that the library generates can begin anywhere in a text.
        parts.AddRange(texts.SelectMany(text => Enumerable.Range(0, Math.Max(0, text.Length - 42)).Select(start => text.Substring(start, 43))).Distinct(StringComparer.Ordinal));
        return [.. parts.Select(Encoding.Latin1.GetBytes), .. parts.Where(part => Base64Url.IsValid(part)).Select(part => Base64Url.DecodeFromChars(part)).Where(bytes => bytes.Length > 0)];
    }

    private static async Task<int> AcceptedAsync(TestService service, string token, string? tenant = null)
    {
        using var answer = tenant is null ? await service.CallAsync(token) : await service.OrdersAsync(tenant, token);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Unauthorized);
        return answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
    }

    private static async Task<int> VerifiedAsync(IRewtTokens tokens, string token) => (await tokens.VerifyBearerAsync(token, Cancellation)).IsValid ? 1 : 0;

    private static string Token(byte[] key, string keyId, string? tenant = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["iss"] = "orders", ["aud"] = "inventory", ["iat"] = now, ["exp"] = now + 60, ["jti"] = Guid.NewGuid().ToString("N") };
        if (tenant is not null) claims["tenant"] = tenant;
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "HS256", kid = keyId, typ = "rewt+jwt" }))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    [GeneratedRegex("[ -~]{8,}", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Printable();
}
