namespace Rewt;

/// <summary>The state of a key in its life cycle, which decides whether the key signs and whether the tokens that it signed verify.</summary>
public enum RewtKeyState
{
    /// <summary>Published but not signing, so that every receiver has the key before it signs.</summary>
    Pending,

    /// <summary>The key that signs.</summary>
    Current,

    /// <summary>No longer signing; verifies until the last token that the key signed has expired.</summary>
    Retired,

    /// <summary>Permanently rejected: no token that the key signed verifies.</summary>
    Revoked,
}
