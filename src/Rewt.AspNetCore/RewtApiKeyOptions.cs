using Microsoft.AspNetCore.Authentication;

namespace Rewt;

/// <summary>How API keys of trusted apps are taken, and how often they may be traded for tokens.</summary>
public sealed class RewtApiKeyOptions : AuthenticationSchemeOptions
{
    /// <summary>The header that a key may come in instead of <c>Authorization: ApiKey …</c>.</summary>
    /// <value>Default <c>X-Api-Key</c>; <see langword="null"/> for none.</value>
    public string? HeaderName { get; set; } = "X-Api-Key";

    /// <summary>
    /// How many tokens a minute the endpoint of <c>MapRewtTokenEndpoint</c> gives to one app, and how many requests a minute it looks at from one
    /// address; after that 429 with <c>Retry-After</c>. Counted by each instance for itself. Addresses are told apart in 4,096 groups, an IPv6 network
    /// (/64) counting as one; behind a proxy, use the forwarded-headers middleware.
    /// </summary>
    /// <value>At least 1. Default 60.</value>
    public int TokenRequestsPerMinute { get; set; } = 60;

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        if (TokenRequestsPerMinute < 1) throw new InvalidOperationException("TokenRequestsPerMinute of AddRewtApiKeys must be at least 1.");
        if (HeaderName is { } name && (name.Length == 0 || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidOperationException("HeaderName of AddRewtApiKeys must be a header's name other than Authorization, or null.");
        }
    }
}
