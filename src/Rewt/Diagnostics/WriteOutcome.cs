namespace Rewt.Internal;

/// <summary>
/// Describes the outcome of a change that failed, for the message to an operator. If a write was sent and not answered, the change may have been made.
/// </summary>
internal static class WriteOutcome
{
    private const string OutcomeKey = "rewt.outcome";
    private const string Unchanged = "was not changed";
    private const string Uncertain = "may not have been changed";
    private const string Changed = "was changed, but could not be read afterwards";

    /// <summary>Records that a command was refused, unless another outcome was recorded before.</summary>
    /// <param name="cause">The error that the command caused.</param>
    /// <param name="shown">The exception that is thrown instead of <paramref name="cause"/>, or the same exception.</param>
    public static void Refused(Exception cause, Exception shown) => shown.Data[OutcomeKey] = cause.Data[OutcomeKey] ?? Unchanged;

    /// <summary>Records that other commands of the same write may have been executed.</summary>
    public static void PartlyRefused(Exception exception) => exception.Data[OutcomeKey] = Uncertain;

    /// <summary>Records that the change had been made before the exception was thrown.</summary>
    public static void Made(Exception exception) => exception.Data[OutcomeKey] = Changed;

    /// <summary>Returns the predicate of a sentence whose subject is the object of the change.</summary>
    public static string Of(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.Data[OutcomeKey] is string outcome) return outcome;
        }

        // These exceptions are thrown before a write is sent.
        return exception is SecretProtectorException or OversizedKeyException or TenantsUnusableException or NotSupportedException ? Unchanged : Uncertain;
    }
}
