namespace Rewt.Internal;

/// <summary>Reads the bearer token from the value of an <c>Authorization</c> header (RFC 6750 §2.1).</summary>
internal static class BearerHeader
{
    private const string Prefix = "Bearer ";

    /// <summary>
    /// Returns the token of the header. The result is empty if the header does not use the scheme <c>Bearer</c>, or if the token exceeds the maximum
    /// length.
    /// </summary>
    public static ReadOnlyMemory<char> Read(string? authorization)
    {
        var token = TokenOf(authorization);
        return token.Length <= TokenLimits.TokenLength ? token : default;
    }

    /// <summary>Returns the reason why the header contains no token that can be verified: there is none, or the token is too long.</summary>
    public static TokenRefusal Missing(string? authorization) => TokenOf(authorization).Length is > TokenLimits.TokenLength and var length
        ? new(RefusalReason.NoToken, (double)length, (double)TokenLimits.TokenLength)
        : new(RefusalReason.NoToken);

    private static ReadOnlyMemory<char> TokenOf(string? authorization) =>
        // The white space of RFC 9110 §5.6.3. Unicode has more, which no proxy in front of this service would ignore.
        authorization?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true ? authorization.AsMemory(Prefix.Length).Trim([' ', '\t']) : default;
}
