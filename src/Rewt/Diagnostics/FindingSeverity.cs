namespace Rewt.Internal;

/// <summary>How serious a finding of the doctor is, which decides whether it is logged as a warning and degrades the health check.</summary>
internal enum FindingSeverity
{
    /// <summary>A fact, which is shown by the command line tool only.</summary>
    Information,

    /// <summary>Calls are secure and succeed, but the setup can be improved.</summary>
    Advice,

    /// <summary>Keys can be lost or guessed, or changes can be seen too late.</summary>
    Warning,
}
