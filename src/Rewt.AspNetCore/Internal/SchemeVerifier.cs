using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Verifies the tokens of one scheme under one set of options, and those it has met before without doing the work again.</summary>
internal sealed class SchemeVerifier(TokenVerifier verifier, bool mayRemember, RingMetrics metrics)
{
    private readonly VerifiedTokens _known = new();

    /// <summary>A token that was verified before; whether it still holds is for <see cref="HoldsAsync"/> to say.</summary>
    public VerifiedToken? Find(ReadOnlySpan<char> text) => mayRemember ? _known.Find(text) : null;

    /// <summary>Whether a known token would be accepted again: in time, and signed with a key that still verifies.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<bool> HoldsAsync(VerifiedToken token, CancellationToken cancellationToken)
    {
        if (Counted(Holds(token, await verifier.ResolveAsync(token.Claims, token.KeyId, cancellationToken)))) return true;
        _known.Remove(token);
        return false;
    }

    /// <summary>Whether that is certain already, without waiting for anything.</summary>
    public bool HoldsAtOnce(VerifiedToken token) => verifier.KeysAtHand(token.Claims, token.KeyId) is { } keys && Counted(Holds(token, keys));

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<TokenVerdict> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        var verdict = await metrics.CountAsync(verifier.VerifyAsync(text, cancellationToken));
        if (mayRemember && CanBeKept(verdict) && _known.HasSeen(text)) _known.Add(new VerifiedToken(text, verdict));
        return verdict;
    }

    /// <summary>Of a token without a key id nobody could say later whether its key is still there; an identity of the application's own making may hold what a copy loses.</summary>
    private static bool CanBeKept(TokenVerdict verdict) =>
        verdict is { IsValid: true, Key: not null, Token: not null, Header.KeyId: not null, Identity: { Actor: null, BootstrapContext: null } identity }
        && (identity.GetType() == typeof(ClaimsIdentity) || identity.GetType() == typeof(CaseSensitiveClaimsIdentity));

    private bool Counted(bool holds)
    {
        if (holds) metrics.CacheHit();
        return holds;
    }

    private bool Holds(VerifiedToken token, IReadOnlyList<SecurityKey> keys) => token.IsSignedWithOneOf(keys) && verifier.IsInTime(token.Claims);
}
