namespace Rewt.Internal;

/// <summary>What is known of a key that was shown.</summary>
internal enum ApiKeyStatus
{
    /// <summary>No such key is known; only the store can tell.</summary>
    Unknown,

    /// <summary>It is live.</summary>
    Live,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It is no key at all.</summary>
    Malformed,
}
