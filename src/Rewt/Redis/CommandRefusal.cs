using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Determines whether an exception means that the Redis user may not run a command. The reason can be an ACL, a renamed or disabled command, or the
/// command map of the client. In this case, the caller uses simpler commands with the same effect, or reports the missing permission.
/// </summary>
internal static class CommandRefusal
{
    private const string UnknownCommand = "ERR unknown command";

    /// <summary>The maximum length of a message from a server. Longer messages are shortened. Redis itself never sends a longer message.</summary>
    private const int LongestMessage = 500;

    /// <summary>
    /// Parts of the error messages with which servers and proxies refuse a command. The text of a message is compared, because only a refusal by an ACL
    /// has an error code.
    /// </summary>
    private static readonly string[] Sentences =
        ["unknown command", "EXEC without MULTI", "unknown subcommand", "unsupported command", "not supported", "command not allowed", "not allowed to", "support disabled", "is disabled"];

    public static bool Is(Exception exception) => exception switch
    {
        RedisServerException server => server.Message.Contains("NOPERM", StringComparison.Ordinal) || IsUnknown(server.Message),
        // Other exceptions of this type concern replicas and slots.
        RedisCommandException client => client.Message.Contains("command-map", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Returns whether a command failed because its Redis key has the wrong type.</summary>
    public static bool IsWrongType(RedisServerException exception) => exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>Returns whether the server rejected a transaction.</summary>
    public static bool IsAborted(RedisServerException exception) => exception.Message.StartsWith("EXECABORT", StringComparison.Ordinal);

    /// <summary>Waits for the entries of a sorted set. If the key has another type, the exception names the key and explains how to repair it.</summary>
    /// <exception cref="InvalidOperationException">The key is not a sorted set.</exception>
    public static async Task<SortedSetEntry[]> OfSortedSetAsync(RedisKey key, Task<SortedSetEntry[]> entries, string repair)
    {
        try
        {
            return await entries.ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (IsWrongType(exception))
        {
            var shown = StoreFailure.Explained(new InvalidOperationException($"The Redis key '{key}' is not a sorted set; {repair}.", AsCause(exception)));
            WriteOutcome.Refused(exception, shown);
            throw shown;
        }
    }

    /// <summary>Returns an escaped error of the client library or of the server; <see langword="null"/> if the error can be logged as it is.</summary>
    public static Exception? Printable(Exception exception) => exception switch
    {
        RedisServerException server => Escaped(server),
        RedisConnectionException lost => Escaped(lost),
        _ => null,
    };

    /// <summary>Returns an exception that can be used as an inner exception: the text of a server is escaped.</summary>
    public static Exception AsCause(Exception exception) => Printable(exception) ?? exception;

    /// <summary>
    /// Returns the error in a form that can be logged, which is escaped and does not contain the arguments of the command; <see langword="null"/> if the
    /// error can be logged as it is. A server repeats the arguments of an unknown command in its message, and the arguments may be secrets.
    /// </summary>
    private static RedisServerException? Escaped(RedisServerException exception)
    {
        var isUnknown = exception.Message.StartsWith(UnknownCommand, StringComparison.OrdinalIgnoreCase) && exception.Message.Contains(',', StringComparison.Ordinal);
        var message = UntrustedText.Escape(isUnknown ? exception.Message.Split(',')[0] : exception.Message, LongestMessage);
        return message == exception.Message ? null : new RedisServerException(message);
    }

    /// <summary>
    /// Returns an escaped error without inner exceptions, if one of the messages contains text from a server; <see langword="null"/> for any other
    /// error.
    /// </summary>
    private static RedisConnectionException? Escaped(RedisConnectionException exception)
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
