using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>The credentials of a request (RFC 6750 §2.1).</summary>
internal static class BearerHeader
{
    private const string Prefix = "Bearer ";

    /// <summary>The token; <see langword="null"/> when there is none of the scheme Bearer, or one longer than any that is read.</summary>
    public static string? Read(StringValues authorization)
    {
        var header = authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;

        var token = header.AsSpan(Prefix.Length).Trim();
        return token.Length is > 0 and <= TokenLimits.TokenLength ? token.ToString() : null;
    }
}
