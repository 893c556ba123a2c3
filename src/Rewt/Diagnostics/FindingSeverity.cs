namespace Rewt.Internal;

/// <summary>
/// The severity of a finding of the doctor. The severity determines whether the finding is logged as a warning, and whether it changes the status of
/// the health check to degraded.
/// </summary>
internal enum FindingSeverity
{
    /// <summary>A fact that is not a problem. Only the command-line tool shows a finding of this severity.</summary>
    Information,

    /// <summary>Advice: calls are secure and succeed, but the setup can be improved.</summary>
    Advice,

    /// <summary>A risk: keys can be lost or guessed, or instances can learn of a change of the keys too late.</summary>
    Warning,
}
