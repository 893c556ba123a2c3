using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Tells whether an exception means that Redis does not let this login run a command: an ACL denies it, the server has renamed or disabled it, or the
/// client's command map excludes it. The caller then uses simpler commands with the same effect.
/// </summary>
internal static class CommandRefusal
{
    private const string UnknownCommand = "ERR unknown command";

    /// <summary>The length to which a server's message is cut. The messages of Redis are shorter.</summary>
    private const int LongestMessage = 500;

    /// <summary>Parts of error messages with which servers and proxies refuse a command. Only ACLs have an error code for it.</summary>
    private static readonly string[] Sentences =
        ["unknown command", "EXEC without MULTI", "unknown subcommand", "unsupported command", "not supported", "command not allowed", "not allowed to", "support disabled", "is disabled"];

    public static bool Is(Exception exception) => exception switch
    {
        RedisServerException server => server.Message.Contains("NOPERM", StringComparison.Ordinal) || IsUnknown(server.Message),
        // Other exceptions of this type concern replicas and slots.
        RedisCommandException client => client.Message.Contains("command-map", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>
    /// Returns the error in a form for logs: escaped, and without the arguments of the command, which may be secrets and which a server repeats for an
    /// unknown command. <see langword="null"/> if the error is in that form.
    /// </summary>
    public static RedisServerException? Printable(RedisServerException exception)
    {
        var isUnknown = exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase) && exception.Message.Contains(',', StringComparison.Ordinal);
        var message = UntrustedText.Escape(isUnknown ? exception.Message.Split(',')[0] : exception.Message, LongestMessage);
        return message == exception.Message ? null : new RedisServerException(message);
    }

    /// <summary>Returns an exception as the cause of another one: in the form for logs.</summary>
    public static Exception AsCause(Exception exception) => exception is RedisServerException server ? Printable(server) ?? server : exception;

    /// <summary>Returns an escaped error without its causes if one of the messages repeats what a server sent; <see langword="null"/> for any other error.</summary>
    public static RedisConnectionException? Printable(RedisConnectionException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (UntrustedText.Escape(cause.Message, 2 * LongestMessage) != cause.Message) return new RedisConnectionException(exception.FailureType, UntrustedText.Of(exception));
        }

        return null;
    }

    private static bool IsUnknown(string message) =>
        (message.StartsWith("ERR ", StringComparison.Ordinal) || !char.IsAsciiLetterUpper(message.Length > 1 ? message[1] : ' '))
        && Array.Exists(Sentences, sentence => message.Contains(sentence, StringComparison.OrdinalIgnoreCase));
}
