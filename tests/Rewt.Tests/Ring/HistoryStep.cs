namespace Rewt.Tests.Ring;

/// <param name="Deed">What happens.</param>
/// <param name="Who">To which instance, where that matters.</param>
/// <param name="Amount">How much, which, or how it goes wrong.</param>
public readonly record struct HistoryStep(Deed Deed, int Who, int Amount);

/// <summary>What can happen to a fleet.</summary>
public enum Deed
{
    Wait,

    /// <summary>An instance reads, decides and writes; other deeds may come between its reading and its writing.</summary>
    Update,

    /// <summary>A Node service gets the secret or creates one.</summary>
    Node,
    Rotate,
    Revoke,
    Delete,
    Set,
    SetWithTtl,

    /// <summary>A value that was there before comes back.</summary>
    SetFormer,
    SetUseless,
    Expire,
    Persist,
    Flush,

    /// <summary>A replica takes a copy.</summary>
    Copy,

    /// <summary>The replica takes over: all writes since the copy are lost.</summary>
    FailOver,
}
