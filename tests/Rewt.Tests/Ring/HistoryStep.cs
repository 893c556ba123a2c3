namespace Rewt.Tests.Ring;

/// <param name="Action">The action.</param>
/// <param name="Instance">The index of the instance, if the action concerns one.</param>
/// <param name="Argument">A number from which the action derives its values and faults.</param>
public readonly record struct HistoryStep(FleetAction Action, int Instance, int Argument);

/// <summary>Specifies an action on a fleet.</summary>
public enum FleetAction
{
    Wait,

    /// <summary>An instance reads, decides and writes; other actions may run between its read and its write.</summary>
    Update,

    /// <summary>A Node service reads the secret or creates one.</summary>
    NodeGetOrCreate,
    Rotate,
    Revoke,
    Delete,
    Set,
    SetWithTtl,

    /// <summary>An earlier value of the secret is set again.</summary>
    SetFormerValue,
    SetInvalidValue,
    Expire,
    Persist,
    Flush,

    /// <summary>A replica receives a copy of the data.</summary>
    CopyToReplica,

    /// <summary>The replica becomes the primary; all writes since the copy are lost.</summary>
    FailOver,
}
