namespace Rewt.Internal;

/// <summary>Reads the bearer token from the value of an <c>Authorization</c> header (RFC 6750 §2.1).</summary>
internal static class BearerHeader
{
    private const string Prefix = "Bearer ";
    private const int LongestScheme = 20;

    /// <summary>
    /// Returns the token of the header. The result is empty if the header does not use the scheme <c>Bearer</c>, or if the token exceeds the maximum
    /// length.
    /// </summary>
    public static ReadOnlyMemory<char> Read(string? authorization)
    {
        var token = TokenOf(authorization);
        return token.Length <= TokenLimits.TokenLength ? token : default;
    }

    /// <summary>
    /// Returns the reason why no token of the header was verified: there is none, the token is too long, or an event of the application ended the
    /// authentication.
    /// </summary>
    public static TokenRefusal Missing(string? authorization) => TokenOf(authorization).Length switch
    {
        0 => new(RefusalReason.NoToken, OtherScheme(authorization)),
        > TokenLimits.TokenLength and var length => new(RefusalReason.NoToken, (double)length, (double)TokenLimits.TokenLength),
        _ => new(RefusalReason.RefusedByApplication),
    };

    /// <summary>
    /// Returns the authentication scheme of a header without a bearer token; <see langword="null"/> if there is none, or if the text before the first
    /// space could be a part of a password or key.
    /// </summary>
    private static string? OtherScheme(string? authorization)
    {
        if (authorization?.IndexOf(' ', StringComparison.Ordinal) is not (> 0 and <= LongestScheme and var length)) return null;
        var scheme = authorization[..length];
        return scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || !scheme.All(c => char.IsAsciiLetter(c) || c == '-') ? null : scheme;
    }

    private static ReadOnlyMemory<char> TokenOf(string? authorization) =>
        // The white space of RFC 9110 §5.6.3. Unicode has more, which no proxy in front of this service would ignore.
        authorization?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true ? authorization.AsMemory(Prefix.Length).Trim([' ', '\t']) : default;
}
