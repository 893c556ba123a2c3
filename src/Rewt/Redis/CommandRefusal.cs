using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Detects that a command is refused: an ACL denies it, it is renamed or disabled, or the client's command map excludes it. The caller then uses a
/// simpler command with the same effect.
/// </summary>
internal static class CommandRefusal
{
    private const string UnknownCommand = "ERR unknown command";

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
    /// Returns the error without the arguments of the command, which may be secrets and which a server repeats for an unknown command.
    /// <see langword="null"/> for any other error.
    /// </summary>
    public static RedisServerException? WithoutArguments(RedisServerException exception) =>
        exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase) && exception.Message.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma
            ? new RedisServerException(exception.Message[..comma])
            : null;

    private static bool IsUnknown(string message) =>
        (message.StartsWith("ERR ", StringComparison.Ordinal) || !char.IsAsciiLetterUpper(message.Length > 1 ? message[1] : ' '))
        && Array.Exists(Sentences, sentence => message.Contains(sentence, StringComparison.OrdinalIgnoreCase));
}
