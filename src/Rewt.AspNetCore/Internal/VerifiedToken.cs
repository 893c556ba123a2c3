using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What verifying a token said, kept for the next request that brings the same bytes. Nothing that a request gets of it is shared with another.</summary>
internal sealed class VerifiedToken
{
    private readonly ClaimsIdentity _identity;
    private readonly AuthenticationProperties _properties;

    /// <summary>Weak, so that a secret that has left the ring is not kept in memory by the tokens it signed.</summary>
    private readonly WeakReference<SecurityKey> _key;

    public VerifiedToken(string text, TokenVerdict verdict)
    {
        (Text, KeyId, Claims, Token) = (text, verdict.Header.KeyId!, verdict.Claims!, verdict.Token!);
        // Copied now: the original goes to a request, whose handlers may change it.
        _identity = verdict.Identity!.Clone();
        _key = new WeakReference<SecurityKey>(verdict.Key!);
        _properties = new AuthenticationProperties { IssuedUtc = At(Claims.IssuedAt), ExpiresUtc = At(Claims.ExpiresAt) };
    }

    public string Text { get; }

    public string KeyId { get; }

    public TokenClaims Claims { get; }

    public SecurityToken Token { get; }

    public ClaimsPrincipal NewPrincipal() => new(_identity.Clone());

    public AuthenticationProperties NewProperties() => _properties.Clone();

    public bool IsSignedWithOneOf(IReadOnlyList<SecurityKey> keys) => _key.TryGetTarget(out var key) && keys.Contains(key);

    private static DateTimeOffset? At(long? seconds) => seconds is { } value ? DateTimeOffset.FromUnixTimeSeconds(value) : null;
}
