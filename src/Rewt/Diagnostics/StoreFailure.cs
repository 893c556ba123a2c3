namespace Rewt.Internal;

/// <summary>
/// Describes the exception of a failed read or write of the store. The description is the code of the error, or a sentence with the solution that was
/// attached to the exception. The description never contains the message of the exception, because the message may contain a secret.
/// </summary>
internal static class StoreFailure
{
    /// <summary>
    /// The beginning of the error that a server returns if a command is renamed or disabled. The error code <c>ERR</c> alone would be too general.
    /// </summary>
    private const string UnknownCommand = "ERR unknown command";

    private const string ExplanationKey = "rewt.explanation";

    /// <summary>
    /// Attaches a reason with the solution to the exception of another library. The message of such an exception may contain secrets, so it cannot be
    /// shown.
    /// </summary>
    public static void Explain(Exception exception, OutageReason? reason)
    {
        if (reason is not null) exception.Data[ExplanationKey] = reason;
    }

    /// <summary>Attaches the message of an exception to the exception as the reason. The message must contain the problem and the solution.</summary>
    public static T Explained<T>(T exception)
        where T : Exception
    {
        Explain(exception, new OutageReason(exception.Message));
        return exception;
    }

    /// <summary>Returns the sentence that was attached to an exception or to one of its causes; <see langword="null"/> if there is none.</summary>
    public static string? Explanation(Exception? exception) => ReasonOf(exception)?.Text;

    /// <summary>Returns the explanation of a failed read for an exception message. If none was attached, a general sentence is returned.</summary>
    public static string OfRead(Exception? exception, string section) =>
        Explanation(exception) ?? $"Redis cannot be reached or does not answer. Check {section}:Redis. See the inner exception.";

    /// <summary>Returns the explanation of a failed write for an exception message. If none was attached, a general sentence is returned.</summary>
    public static string OfWrite(Exception exception, string section) =>
        Explanation(exception) ?? $"Redis cannot be reached or refuses the command. Check {section}:Redis. See the inner exception.";

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
    /// Returns the exception to log with an event; <see langword="null"/> if the text of the event already contains the message of the exception or
    /// the attached reason.
    /// </summary>
    public static Exception? Unexplained(Exception exception) =>
        exception is RewtKeysUnavailableException { InnerException: null } || Explanation(exception) is not null ? null : exception;

    /// <summary>
    /// Returns the code of an error from the Redis server (<c>OOM</c>, <c>READONLY</c>, …), or the type name of any other exception. The message is
    /// omitted, because it may contain a secret.
    /// </summary>
    public static string Cause(Exception exception)
    {
        if (exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase)) return UnknownCommand;
        var code = exception.Message.Split(' ', 2)[0];
        return code.Length is > 1 and <= 20 && code.All(char.IsAsciiLetterUpper) ? code : exception.GetType().Name;
    }

    /// <summary>
    /// Returns the cause of a failure as a text for an operator: the exception's message if it names the solution, otherwise the result of
    /// <see cref="Cause"/>.
    /// </summary>
    public static string Reason(Exception exception) => exception is OversizedKeyException or SecretProtectorException ? exception.Message : Cause(exception);
}
