namespace Rewt.Internal;

/// <summary>The outcome of the check of an API key: accepted (live), unknown, revoked, expired, or not an API key at all (malformed).</summary>
internal enum ApiKeyStatus
{
    /// <summary>The key is unknown; only a refresh can tell whether it exists.</summary>
    Unknown,

    /// <summary>The key is accepted.</summary>
    Live,

    /// <summary>The key was revoked.</summary>
    Revoked,

    /// <summary>The key has expired.</summary>
    Expired,

    /// <summary>The text is not an API key.</summary>
    Malformed,
}
