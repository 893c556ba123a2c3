namespace Rewt;

/// <summary>
/// The state of a key in its life cycle. The state determines whether the key signs tokens, and whether tokens that the key signed are accepted.
/// </summary>
public enum RewtKeyState
{
    /// <summary>The key is published but does not sign yet, so that every receiver has the key before the first token is signed with it.</summary>
    Pending,

    /// <summary>The key signs new tokens.</summary>
    Current,

    /// <summary>The key no longer signs, but still verifies tokens until the last token that it signed has expired.</summary>
    Retired,

    /// <summary>The key is rejected permanently: every token that the key signed is refused.</summary>
    Revoked,
}
