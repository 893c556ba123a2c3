using System.Buffers;
using Microsoft.AspNetCore.Authentication;

namespace Rewt;

/// <summary>Options of the scheme that accepts API keys of trusted apps, and the rate limits of the token endpoint.</summary>
public sealed class RewtApiKeyOptions : AuthenticationSchemeOptions
{
    /// <summary>The characters of a header's name (RFC 9110 §5.6.2).</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The name of a header that may carry the key instead of <c>Authorization: ApiKey …</c>.</summary>
    /// <value>Default: <c>X-Api-Key</c>. <see langword="null"/> disables the header.</value>
    public string? HeaderName { get; set; } = "X-Api-Key";

    /// <summary>
    /// The number of tokens that the endpoint of <c>MapRewtTokenEndpoint</c> issues to one app per minute, and the number of requests per minute
    /// that the endpoint accepts from one address. Further requests get 429 with <c>Retry-After</c>. Each instance counts separately. Addresses
    /// are counted in 4,096 groups, and an IPv6 network (/64) counts as one address. Behind a proxy, use the forwarded headers middleware.
    /// </summary>
    /// <value>At least 1. Default: 60.</value>
    public int TokenRequestsPerMinute { get; set; } = 60;

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        if (TokenRequestsPerMinute < 1) throw new InvalidOperationException("TokenRequestsPerMinute of AddRewtApiKeys must be at least 1.");
        if (HeaderName is { } name && (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidOperationException("HeaderName of AddRewtApiKeys must be a header name other than Authorization, or null.");
        }
    }
}
