namespace Rewt.Internal;

/// <summary>The health of a key ring on this instance, for an operator. It contains no secret.</summary>
/// <param name="CanServe">Whether this instance can sign and verify.</param>
/// <param name="DegradedReason">The problem and its solution; <see langword="null"/> when there is none.</param>
internal readonly record struct RingHealth(bool CanServe, string? DegradedReason)
{
    private const int LongestReason = 4 * UntrustedText.UsualLength;

    public string? DegradedReason { get; } = DegradedReason is null ? null : UntrustedText.Escape(DegradedReason, LongestReason);

    /// <summary>The error of a server on which a command is renamed or disabled. Its code, <c>ERR</c>, would be too general.</summary>
    private const string UnknownCommand = "ERR unknown command";

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
    public static string Reason(Exception exception) => exception is OversizedKeyException ? exception.Message : Cause(exception);
}
