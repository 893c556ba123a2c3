namespace Rewt.Tests.Infrastructure;

/// <summary>Tokens that the library would never make, signed with a secret that the test knows.</summary>
internal static class HandmadeToken
{
    /// <summary>A good bearer token of orders for inventory, with some claims changed; one that is null is left out.</summary>
    public static string Sign(Secret secret, Dictionary<string, object?>? changes = null, string type = "rewt+jwt") => Sign(new RingKey(secret), changes, type);

    public static string Sign(SigningKey key, Dictionary<string, object?>? changes = null, string type = "rewt+jwt")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?> { ["iss"] = "orders", ["aud"] = "inventory", ["iat"] = now, ["exp"] = now + 60, ["jti"] = "1" };
        foreach (var (name, value) in changes ?? []) claims[name] = value;
        var payload = JsonSerializer.SerializeToUtf8Bytes(claims.Where(claim => claim.Value is not null).ToDictionary());
        return TokenWriter.Write(key, type, null, payload);
    }

    /// <summary>A token with times relative to now, in seconds.</summary>
    public static string Timed(Secret secret, int issued, int expires)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Sign(secret, new() { ["iat"] = now + issued, ["exp"] = now + expires });
    }
}
