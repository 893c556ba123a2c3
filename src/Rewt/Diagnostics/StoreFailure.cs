namespace Rewt.Internal;

/// <summary>
/// Describes the exception of a failed read or write of the store without its message, which may contain a secret: by the code of the error, for logs,
/// metrics and the health check, or by a sentence with the solution that was attached to the exception.
/// </summary>
internal static class StoreFailure
{
    /// <summary>The error of a server on which a command is renamed or disabled. Its code, <c>ERR</c>, would be too general.</summary>
    private const string UnknownCommand = "ERR unknown command";

    private const string ExplanationKey = "rewt.explanation";

    /// <summary>Attaches a reason with the solution to an exception of a library, whose own message may contain anything.</summary>
    public static void Explain(Exception exception, OutageReason? reason)
    {
        if (reason is not null) exception.Data[ExplanationKey] = reason;
    }

    /// <summary>Marks an exception of this library, whose message names the problem and its solution.</summary>
    public static T Explained<T>(T exception)
        where T : Exception
    {
        Explain(exception, new OutageReason(exception.Message));
        return exception;
    }

    /// <summary>Returns the sentence that was attached to an exception or to one of its causes; <see langword="null"/> if there is none.</summary>
    public static string? Explanation(Exception? exception) => ReasonOf(exception)?.Text;

    /// <summary>Returns the reason that was attached to an exception or to one of its causes; <see langword="null"/> if there is none.</summary>
    public static OutageReason? ReasonOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception.Data[ExplanationKey] is OutageReason reason) return reason;
        }

        return null;
    }

    /// <summary>
    /// Returns the exception that is logged with an event; <see langword="null"/> if its message or explanation, which the event contains, is enough.
    /// </summary>
    public static Exception? Unexplained(Exception exception) =>
        exception is RewtKeysUnavailableException { InnerException: null } || Explanation(exception) is not null ? null : exception;

    /// <summary>
    /// Returns the code of a server's error (<c>OOM</c>, <c>READONLY</c>, …) or the type of any other exception. The message itself may contain
    /// anything, so it is not shown.
    /// </summary>
    public static string Cause(Exception exception)
    {
        if (exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase)) return UnknownCommand;
        var code = exception.Message.Split(' ', 2)[0];
        return code.Length is > 1 and <= 20 && code.All(char.IsAsciiLetterUpper) ? code : exception.GetType().Name;
    }

    /// <summary>Returns the cause for an operator: the message of an exception of this library that names the repair, otherwise <see cref="Cause"/>.</summary>
    public static string Reason(Exception exception) => exception is OversizedKeyException or SecretProtectorException ? exception.Message : Cause(exception);
}
