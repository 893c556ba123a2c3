namespace Rewt;

/// <summary>
/// The general reason why a token was refused. A receiver sends the code of the reason (in parentheses below) to the caller, as <c>rewt_error</c> in
/// the 401 response. The precise <see cref="RefusalReason"/> is not sent to the caller.
/// </summary>
public enum RewtRefusal
{
    /// <summary>The token was not refused.</summary>
    None,

    /// <summary>The receiver does not know the key, or the key is revoked (<c>stale_key</c>). The caller can sign again with a new key.</summary>
    StaleKey,

    /// <summary>The token expired longer ago than the clock skew permits (<c>expired</c>).</summary>
    Expired,

    /// <summary>The claim <c>iat</c> or <c>nbf</c> is further in the future than the clock skew permits (<c>not_yet_valid</c>).</summary>
    NotYetValid,

    /// <summary>The audience (<c>aud</c>) of the token is another service (<c>bad_audience</c>).</summary>
    BadAudience,

    /// <summary>
    /// The token was refused for any other reason (<c>invalid</c>). The precise reason is not disclosed to the caller, for security.
    /// </summary>
    Invalid,

    /// <summary>The token is bound to another request or message, or lacks a binding that the endpoint requires (<c>wrong_request</c>).</summary>
    WrongRequest,

    /// <summary>The one-time token was used before (<c>replayed</c>).</summary>
    Replayed,
}
