namespace Rewt.Internal;

/// <summary>What a 401 says of the token.</summary>
internal enum Challenge
{
    /// <summary>No 401, or one whose reason is not the key.</summary>
    Other,

    /// <summary><c>rewt_error="stale_key"</c>: the key is unknown or revoked there.</summary>
    StaleKey,

    /// <summary>A 401 without a reason, as Node services give.</summary>
    Unexplained,
}
