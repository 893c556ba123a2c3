using System.Buffers;
using Microsoft.AspNetCore.Authentication;

namespace Rewt;

/// <summary>Options of the scheme that accepts API keys of trusted apps, and the rate limits of the token endpoint.</summary>
public sealed class RewtApiKeyOptions : AuthenticationSchemeOptions
{
    /// <summary>The characters that the name of a header may contain (RFC 9110 §5.6.2).</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>
    /// The name of a header in which an app can send its API key, instead of <c>Authorization: ApiKey …</c>. If an app uses this header, the response
    /// names the header in <c>Vary</c>, so that HTTP caches do not return the response to another app.
    /// </summary>
    /// <value>Default: <c>X-Api-Key</c>. <see langword="null"/> disables the header.</value>
    public string? HeaderName { get; set; } = "X-Api-Key";

    /// <summary>
    /// The maximum number of tokens that the token endpoint issues to one app per minute. The endpoint also accepts at most this number of requests
    /// per minute from one client address. Further requests are answered with status 429 and <c>Retry-After</c>. Each instance of the service counts
    /// only its own requests. There are 4,096 counters for client addresses, so several addresses can share one counter and its limit. All addresses
    /// of an IPv6 network (/64) have the same counter. Behind a proxy, use the forwarded headers middleware, so that the addresses of the clients are
    /// known.
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
