namespace Rewt;

/// <summary>The state of a key in its life cycle.</summary>
public enum RewtKeyState
{
    /// <summary>Published, so that every receiver has it before it signs.</summary>
    Pending,

    /// <summary>The one key that signs.</summary>
    Current,

    /// <summary>No longer signs; verifies until the last token it signed has expired.</summary>
    Retired,

    /// <summary>Permanently rejected: no token it signed verifies.</summary>
    Revoked,
}
