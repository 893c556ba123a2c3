namespace Rewt.Internal;

/// <summary>
/// The kind of reason that a called service gives in the challenge of a 401 response. The kind determines whether the request is signed and sent
/// again.
/// </summary>
internal enum Challenge
{
    /// <summary>The response is not a 401, or gives a reason other than the key. The request is not sent again.</summary>
    Other,

    /// <summary><c>rewt_error="stale_key"</c>: the receiver does not know the key, or the key is revoked.</summary>
    StaleKey,

    /// <summary>A 401 without a reason, as a Node service sends it. The reason may be the key.</summary>
    Unexplained,
}
