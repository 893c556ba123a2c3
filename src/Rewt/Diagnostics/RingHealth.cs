namespace Rewt.Internal;

/// <summary>The health of a key ring on this instance: whether it works, and a text for an operator. It contains no secret.</summary>
/// <param name="CanServe">Whether this instance can sign and verify.</param>
/// <param name="DegradedReason">The problem and its solution; <see langword="null"/> when there is none.</param>
internal readonly record struct RingHealth(bool CanServe, string? DegradedReason)
{
    private const int LongestReason = 4 * UntrustedText.UsualLength;

    public string? DegradedReason { get; } = DegradedReason is null ? null : UntrustedText.Escape(DegradedReason, LongestReason);

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

    /// <summary>Returns the sentence that was attached to an exception or its causes; <see langword="null"/> if there is none.</summary>
    public static string? Explanation(Exception? exception) => ReasonOf(exception)?.Text;

    /// <summary>Returns the reason that was attached to an exception or its causes; <see langword="null"/> if there is none.</summary>
    public static OutageReason? ReasonOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception.Data[ExplanationKey] is OutageReason reason) return reason;
        }

        return null;
    }

    /// <summary>Returns the exception to log: none if its message or explanation, which is logged in its place, says all.</summary>
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

    /// <summary>Returns the cause for an operator: a message with its repair where there is one, otherwise <see cref="Cause"/>.</summary>
    public static string Reason(Exception exception) => exception is OversizedKeyException or SecretProtectorException ? exception.Message : Cause(exception);
}
