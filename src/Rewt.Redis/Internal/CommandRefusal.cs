using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Servers that do not let a login use a command: an ACL denies it, the command is renamed or switched off, or the client's own command map leaves it
/// out. Each of these leads to the next simpler command that does the same.
/// </summary>
internal static class CommandRefusal
{
    private const string UnknownCommand = "ERR unknown command";

    /// <summary>How servers and proxies say that they do not have a command; only ACLs have a code of their own for it.</summary>
    private static readonly string[] Sentences =
        ["unknown command", "EXEC without MULTI", "unknown subcommand", "unsupported command", "not supported", "command not allowed", "not allowed to", "support disabled", "is disabled"];

    public static bool Is(Exception exception) => exception switch
    {
        RedisServerException server => server.Message.Contains("NOPERM", StringComparison.Ordinal) || IsUnknown(server.Message),
        // The other exceptions of this type are about replicas and slots.
        RedisCommandException client => client.Message.Contains("command-map", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>
    /// The same error without the arguments of the command, which a server repeats when it does not know the command and which may be a secret;
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
