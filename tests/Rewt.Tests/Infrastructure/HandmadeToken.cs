namespace Rewt.Tests.Infrastructure;

/// <summary>Creates tokens that the library would not create, signed with a known secret.</summary>
internal static class HandmadeToken
{
    /// <summary>Returns a valid bearer token from orders for inventory with the given claims changed. A claim whose value is null is omitted.</summary>
    public static string Sign(Secret secret, Dictionary<string, object?>? changes = null, string type = "rewt+jwt") => Sign(new RingKey(secret), changes, type);

    public static string Sign(SigningKey key, Dictionary<string, object?>? changes = null, string type = "rewt+jwt")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?> { ["iss"] = "orders", ["aud"] = "inventory", ["iat"] = now, ["exp"] = now + 60, ["jti"] = "1" };
        foreach (var (name, value) in changes ?? []) claims[name] = value;
        var payload = JsonSerializer.SerializeToUtf8Bytes(claims.Where(claim => claim.Value is not null).ToDictionary());
        return TokenWriter.Write(key, type, null, payload);
    }

    /// <summary>Returns a token whose times are given in seconds relative to now.</summary>
    public static string Timed(Secret secret, int issued, int expires)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Sign(secret, new() { ["iat"] = now + issued, ["exp"] = now + expires });
    }
}
