namespace Rewt;

/// <summary>
/// The general reason why a token was refused, as far as the caller learns it: a receiver sends the name in parentheses as <c>rewt_error</c> with the
/// 401. Only the receiver learns the precise <see cref="RefusalReason"/>.
/// </summary>
public enum RewtRefusal
{
    /// <summary>The token was not refused.</summary>
    None,

    /// <summary>The key is unknown or revoked at the receiver; sign again with a new key (<c>stale_key</c>).</summary>
    StaleKey,

    /// <summary>The token's <c>exp</c> has passed by more than the clock skew (<c>expired</c>).</summary>
    Expired,

    /// <summary><c>iat</c> or <c>nbf</c> is in the future by more than the clock skew (<c>not_yet_valid</c>).</summary>
    NotYetValid,

    /// <summary>The token is for another service (<c>bad_audience</c>).</summary>
    BadAudience,

    /// <summary>Any other reason, which is deliberately not disclosed (<c>invalid</c>).</summary>
    Invalid,

    /// <summary>The token is bound to another request or message, or lacks a binding that the endpoint requires (<c>wrong_request</c>).</summary>
    WrongRequest,

    /// <summary>The one-time token was used before (<c>replayed</c>).</summary>
    Replayed,
}
