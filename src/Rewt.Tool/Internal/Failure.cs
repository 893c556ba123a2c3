using Microsoft.Extensions.Options;
using Rewt.Internal;
using StackExchange.Redis;

namespace Rewt.Tool;

/// <summary>
/// The report of the tool if a command fails with an exception: an exit code, and a message with the solution. The report never contains the message
/// of a library, because such a message may contain a password.
/// </summary>
internal sealed record Failure(int ExitCode, string Message)
{
    private const string Setting = "--redis (or REWT_REDIS)";

    /// <summary>
    /// Returns the exit code and the message for an exception. The message is escaped, because the exception can contain text from Redis or from a token.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <param name="namespace">The namespace of the command.</param>
    public static Failure Of(Exception exception, string @namespace)
    {
        var failure = Describe(exception, @namespace);
        return failure with { Message = UntrustedText.Escape(failure.Message, int.MaxValue) };
    }

    private static Failure Describe(Exception exception, string @namespace) => exception switch
    {
        ToolException tool => new Failure(tool.ExitCode, tool.Message),
        OptionsValidationException options => new Failure(Tool.ExitCode.Usage, string.Join(' ', options.Failures.Select(Translate))),
        RedisServerException server => OfServer(server, @namespace),
        RewtKeysUnavailableException { InnerException: RedisServerException server } => OfServer(server, @namespace),
        RewtKeysUnavailableException { InnerException: { } inner and not UnauthorizedAccessException } => Describe(inner, @namespace),
        RewtKeysUnavailableException unavailable => new Failure(Tool.ExitCode.Denied, unavailable.Message),
        TimeoutException or RedisException or RedisCommandException or IOException or System.Net.Sockets.SocketException => OfOutage(StoreFailure.ReasonOf(exception)),
        // Removes the name of a parameter, which means nothing to an operator.
        ArgumentException => new Failure(Tool.ExitCode.Usage, exception.Message.Split(" (Parameter", 2)[0]),
        InvalidOperationException or UnauthorizedAccessException or TenantsUnusableException => new Failure(Tool.ExitCode.Denied, exception.Message),
        _ => new Failure(Tool.ExitCode.Unexpected, $"unexpected {exception.GetType().Name}; this is an error of the tool."),
    };

    private static Failure OfOutage(OutageReason? reason)
    {
        var text = reason?.Text.Replace("Rewt:Redis", Setting, StringComparison.Ordinal) ?? $"Check the server, and {Setting}: host:port,password=...,ssl=true.";
        return reason?.Kind switch
        {
            OutageKind.Login => new Failure(Tool.ExitCode.BadLogin, text),
            OutageKind.Replica => new Failure(Tool.ExitCode.Replica, text),
            OutageKind.UnknownHost => new Failure(Tool.ExitCode.UnknownHost, text),
            _ => new Failure(Tool.ExitCode.Unreachable, $"Redis cannot be reached or does not answer. {text}"),
        };
    }

    private static Failure OfServer(RedisServerException exception, string @namespace)
    {
        var cause = StoreFailure.Cause(exception);
        return cause switch
        {
            "NOAUTH" or "WRONGPASS" => OfOutage(StoreFailure.ReasonOf(exception)),
            "NOPERM" or "EXECABORT" => new Failure(Tool.ExitCode.Denied, $"The Redis login is not permitted to run a required command (NOPERM). Give it the permissions that '{RightsCommand.OfOperator(@namespace)}' prints, with --key-pairs if the services sign with key pairs."),
            _ => new Failure(Tool.ExitCode.Denied, $"Redis refused the command ({cause}), and the data {WriteOutcome.Of(exception)}. {StoreFailure.Explanation(exception) ?? "Check the server and its log."}"),
        };
    }

    /// <summary>Replaces the names of settings in an error message by the names of command-line options.</summary>
    public static string Translate(string error) => error.StartsWith("Rewt:Redis is not set", StringComparison.Ordinal) ? "--redis (or REWT_REDIS) is empty; write host:port." : error
        .Replace("Rewt:Namespace", "--namespace", StringComparison.Ordinal)
        .Replace("Rewt:Sealing:Keys", "--sealing-key-file (or REWT_SEALING_KEY_FILE)", StringComparison.Ordinal)
        .Replace("Rewt:ServiceName", "--issuer", StringComparison.Ordinal)
        .Replace("Rewt:TokenLifetime", "--lifetime", StringComparison.Ordinal)
        .Replace("Rewt:Redis", "--redis (or REWT_REDIS)", StringComparison.Ordinal)
        .Replace(RedisOptionsValidator.PasswordWithComma, "This tool cannot use a password with a comma.", StringComparison.Ordinal);
}
