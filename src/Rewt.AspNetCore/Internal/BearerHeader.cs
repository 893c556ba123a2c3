namespace Rewt.Internal;

/// <summary>The credentials of a request (RFC 6750 §2.1).</summary>
internal static class BearerHeader
{
    private const string Prefix = "Bearer ";

    /// <summary>The token; empty when there is none of the scheme Bearer, or one longer than any that is read.</summary>
    public static ReadOnlyMemory<char> Read(string? authorization)
    {
        if (authorization?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true) return default;

        var token = authorization.AsMemory(Prefix.Length).Trim();
        return token.Length <= TokenLimits.TokenLength ? token : default;
    }
}
