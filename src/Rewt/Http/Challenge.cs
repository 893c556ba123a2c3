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

    /// <summary>
    /// The response is a 401 without a reason, for example from a service with the Node module <c>rewt</c>. The service may have refused the key.
    /// </summary>
    Unexplained,
}
