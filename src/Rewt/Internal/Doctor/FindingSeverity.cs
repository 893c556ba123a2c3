namespace Rewt.Internal;

/// <summary>How much a finding matters.</summary>
internal enum FindingSeverity
{
    /// <summary>Calls are safe and go on; it could be better.</summary>
    Advice,

    /// <summary>Keys can be lost, guessed or not seen in time.</summary>
    Warning,
}
