using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// Checks that a received token contains all required claims (RFC 8725 §3.8 to 3.10). The required claims are the default claims, or the claims in
/// <see cref="RewtOptions.RequiredClaims"/>.
/// </summary>
internal sealed class ClaimRequirements
{
    private static readonly string[] Ours = ["iss", "aud", "exp", "iat", "jti"];

    private readonly HashSet<string> _names;
    private readonly string[] _others;

    private ClaimRequirements(IEnumerable<string> names)
    {
        _names = names.ToHashSet(StringComparer.Ordinal);
        _others = [.. _names.Where(name => name != "sub" && !Ours.Contains(name, StringComparer.Ordinal))];
    }

    /// <summary>The requirements for bearer tokens.</summary>
    public static ClaimRequirements ForBearer(RewtOptions options) => new(options.RequiredClaims.Count > 0 ? options.RequiredClaims : Ours);

    /// <summary>The requirements for data tokens, which have no audience.</summary>
    public static ClaimRequirements ForData() => new(Ours.Where(name => name != "aud"));

    /// <summary>
    /// Returns the first default claim that is missing in a configured list; <see langword="null"/> if none is missing, or if the list is empty.
    /// </summary>
    public static string? Missing(IList<string> names) => names.Count == 0 ? null : Array.Find(Ours, name => !names.Contains(name));

    /// <summary>Returns the first required claim that is missing in a token; <see langword="null"/> if none is missing.</summary>
    public string? Missing(TokenClaims claims)
    {
        var missing = Lacking(claims.Issuer is null, "iss") ?? Lacking(claims.Audiences is null, "aud") ?? Lacking(claims.TokenId is null, "jti")
            ?? Lacking(claims.ExpiresAt is null, "exp") ?? Lacking(claims.IssuedAt is null, "iat") ?? Lacking(claims.Subject is null, "sub");
        if (missing is not null || _others.Length == 0) return missing;

        using var document = JsonDocument.Parse(claims.Payload, StrictJson.Options);
        return Array.Find(_others, name => !document.RootElement.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null);
    }

    private string? Lacking(bool isAbsent, string name) => isAbsent && _names.Contains(name) ? name : null;
}
