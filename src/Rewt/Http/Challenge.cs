namespace Rewt.Internal;

/// <summary>
/// The reason that the called service gives in the challenge of a 401 response, as far as it decides whether a request is signed and sent again.
/// </summary>
internal enum Challenge
{
    /// <summary>The response is not a 401, or gives a reason other than the key, so the request is not sent again.</summary>
    Other,

    /// <summary><c>rewt_error="stale_key"</c>: the receiver does not know the key or has revoked it.</summary>
    StaleKey,

    /// <summary>A 401 without a reason, as Node services send it: the key may be the reason.</summary>
    Unexplained,
}
