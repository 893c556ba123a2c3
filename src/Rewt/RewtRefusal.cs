namespace Rewt;

/// <summary>Why a token was refused: a closed list, the same that a receiver puts into <c>rewt_error</c>.</summary>
public enum RewtRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>The key is unknown or revoked here: sign again with a fresh one (<c>stale_key</c>).</summary>
    StaleKey,

    /// <summary>Past its <c>exp</c> and the clock skew (<c>expired</c>).</summary>
    Expired,

    /// <summary><c>iat</c> or <c>nbf</c> lies ahead by more than the clock skew (<c>not_yet_valid</c>).</summary>
    NotYetValid,

    /// <summary>Made for another service (<c>bad_audience</c>).</summary>
    BadAudience,

    /// <summary>Everything else; deliberately not said what (<c>invalid</c>).</summary>
    Invalid,
}
