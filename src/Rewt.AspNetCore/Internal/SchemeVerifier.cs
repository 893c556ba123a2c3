using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Verifies the tokens of one scheme under one set of options, and those it has met before without doing the work again.</summary>
internal sealed class SchemeVerifier(TokenVerifier verifier, bool mayRemember, RingMetrics metrics, TimeProvider time)
{
    private readonly VerifiedTokens _known = new();

    /// <summary>A token that was verified before; whether it still holds is for <see cref="HoldsAsync"/> to say.</summary>
    public VerifiedToken? Find(ReadOnlySpan<char> text) => mayRemember ? _known.Find(text) : null;

    /// <summary>Whether a known token would be accepted again: in time, and signed with a key that still verifies.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<bool> HoldsAsync(VerifiedToken token, CancellationToken cancellationToken)
    {
        if (Holds(token, await verifier.ResolveAsync(token.Claims, token.KeyId, cancellationToken), time.GetUtcNow())) return true;
        _known.Remove(token);
        return false;
    }

    /// <summary>Whether that is certain already, without waiting for anything.</summary>
    public bool HoldsAtOnce(VerifiedToken token)
    {
        var now = Moment.Now(time);
        return verifier.KeysAtHand(token.Claims, token.KeyId, now) is { } keys && Holds(token, keys, now.WallClock);
    }

    /// <summary>What can be said of a token without waiting.</summary>
    public TokenReading Read(string text)
    {
        var reading = verifier.Read(text);
        if (reading.Verdict is { } verdict)
        {
            metrics.Judged(verdict);
            Remember(text, verdict);
        }

        return reading;
    }

    /// <summary>The verdict on a token that was read without one.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<TokenVerdict> VerifyAsync(TokenReading reading, CancellationToken cancellationToken)
    {
        var verdict = await metrics.CountAsync(verifier.VerifyAsync(reading, cancellationToken));
        Remember(reading.Token, verdict);
        return verdict;
    }

    private void Remember(string text, TokenVerdict verdict)
    {
        if (mayRemember && CanBeKept(verdict) && _known.HasSeen(text)) _known.Add(new VerifiedToken(text, verdict));
    }

    /// <summary>Of a token without a key id nobody could say later whether its key is still there; an identity of the application's own making may hold what a copy loses.</summary>
    private static bool CanBeKept(TokenVerdict verdict) =>
        verdict is { IsValid: true, Key: not null, Token: not null, Header.KeyId: not null, Identity: { Actor: null, BootstrapContext: null } identity }
        && (identity.GetType() == typeof(ClaimsIdentity) || identity.GetType() == typeof(CaseSensitiveClaimsIdentity));

    private bool Holds(VerifiedToken token, IReadOnlyList<SecurityKey> keys, DateTimeOffset now)
    {
        if (!token.IsSignedWithOneOf(keys) || !verifier.IsInTime(token.Claims, now)) return false;

        metrics.CacheHit();
        return true;
    }
}
