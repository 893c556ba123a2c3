using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What verifying a token said, kept for the next request that brings the same bytes. Nothing that a request gets of it is shared with another.</summary>
internal sealed class VerifiedToken
{
    private readonly ClaimsIdentity _identity;
    private readonly AuthenticationProperties _properties;
    private readonly AuthenticationProperties _propertiesWithToken;

    /// <summary>Weak, so that a secret that has left the ring is not kept in memory by the tokens it signed.</summary>
    private readonly WeakReference<SecurityKey> _key;

    public VerifiedToken(string text, TokenVerdict verdict)
    {
        (Text, KeyId, Claims, Token) = (text, verdict.Header.KeyId!, verdict.Claims!, verdict.Token!);
        // Copied now: the original goes to a request, whose handlers may change it.
        _identity = verdict.Identity!.Clone();
        _key = new WeakReference<SecurityKey>(verdict.Key!);
        _properties = TicketProperties.Of(Claims);
        _propertiesWithToken = TicketProperties.Of(Claims);
        TicketProperties.Save(_propertiesWithToken, text);
    }

    public string Text { get; }

    public string KeyId { get; }

    public TokenClaims Claims { get; }

    public SecurityToken Token { get; }

    public ClaimsPrincipal NewPrincipal() => new(_identity.Clone());

    /// <param name="withToken">With the token saved in them, see <c>JwtBearerOptions.SaveToken</c>.</param>
    public AuthenticationProperties NewProperties(bool withToken) => (withToken ? _propertiesWithToken : _properties).Clone();

    public bool IsSignedWithOneOf(IReadOnlyList<SecurityKey> keys) => _key.TryGetTarget(out var key) && keys.Contains(key);
}
