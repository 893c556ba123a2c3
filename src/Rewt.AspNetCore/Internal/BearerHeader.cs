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
        if (authorization?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true) return default;

        // The white space of RFC 9110 §5.6.3. Unicode has more, which no proxy in front of this service would ignore.
        var token = authorization.AsMemory(Prefix.Length).Trim([' ', '\t']);
        return token.Length <= TokenLimits.TokenLength ? token : default;
    }
}
