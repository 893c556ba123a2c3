namespace Rewt.Internal;

/// <summary>How a ring fares on this instance, as an operator wants to read it: never a secret.</summary>
/// <param name="CanServe">Signing and verifying go on.</param>
/// <param name="Trouble">What is wrong, with the mend; <see langword="null"/> when nothing is.</param>
internal readonly record struct RingHealth(bool CanServe, string? Trouble)
{
    /// <summary>What a server says of a command that is renamed or switched off; the code alone would say nothing.</summary>
    private const string UnknownCommand = "ERR unknown command";

    /// <summary>A server's error by its code (<c>OOM</c>, <c>READONLY</c>, …), any other by its type: the text may hold anything.</summary>
    public static string Cause(Exception exception)
    {
        if (exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase)) return UnknownCommand;
        var code = exception.Message.Split(' ', 2)[0];
        return code.Length is > 1 and <= 20 && code.All(char.IsAsciiLetterUpper) ? code : exception.GetType().Name;
    }
}
