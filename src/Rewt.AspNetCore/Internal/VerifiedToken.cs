using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What verifying a token said, kept for the next request that brings the same bytes. Nothing that a request gets of it is shared with another.</summary>
internal sealed class VerifiedToken
{
    private readonly ClaimsIdentity _identity;

    /// <summary>Weak, so that a secret that has left the ring is not kept in memory by the tokens it signed.</summary>
    private readonly WeakReference<SecurityKey> _key;

    public VerifiedToken(string text, TokenVerdict verdict)
    {
        (Text, Claims, Token) = (text, verdict.Claims!, verdict.Token!);
        // The key's own text of its id is found without comparing characters.
        KeyId = verdict.Key!.KeyId == verdict.Header.KeyId ? verdict.Key.KeyId : verdict.Header.KeyId!;
        // Copied now: the original goes to a request, whose handlers may change it.
        _identity = verdict.Identity!.Clone();
        _key = new WeakReference<SecurityKey>(verdict.Key!);
    }

    public string Text { get; }

    public string KeyId { get; }

    public TokenClaims Claims { get; }

    public SecurityToken Token { get; }

    public ClaimsPrincipal NewPrincipal() => new LatePrincipal(_identity);

    public AuthenticationProperties NewProperties(bool isSaved) => TicketProperties.Of(Claims, isSaved ? Text : null);

    public bool IsSignedWithOneOf(IReadOnlyList<SecurityKey> keys)
    {
        if (!_key.TryGetTarget(out var key)) return false;

        for (var i = 0; i < keys.Count; i++)
        {
            if (ReferenceEquals(keys[i], key)) return true;
        }

        return false;
    }
}
