namespace Rewt;

/// <summary>Where a key stands in its life.</summary>
public enum RewtKeyState
{
    /// <summary>Published so that every receiver holds it before it signs.</summary>
    Pending,

    /// <summary>The one key that signs.</summary>
    Current,

    /// <summary>Signs no more; verifies until the last token it signed has expired.</summary>
    Retired,

    /// <summary>Dead: nothing it signed verifies, ever again.</summary>
    Revoked,
}
