using System.CommandLine;

namespace Rewt.Tool;

/// <summary>The options that every command accepts.</summary>
internal static class GlobalOptions
{
    public const string RedisVariable = "REWT_REDIS";

    public const string NamespaceVariable = "REWT_NAMESPACE";

    public static readonly Option<string?> Redis = new("--redis")
    {
        Description = $"The Redis server as a connection string. Default: the environment variable {RedisVariable}, else localhost:6379.",
        HelpName = "host:port,...",
        Recursive = true,
    };

    public static readonly Option<string?> Namespace = new("--namespace", "-n")
    {
        Description = $"The trust domain, prefix of the Redis keys. Default: the environment variable {NamespaceVariable}, else rewt.",
        HelpName = "name",
        Recursive = true,
    };

    public static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "How to print: table for people, json for programs.",
        HelpName = "table|json",
        Recursive = true,
    };

    public static readonly Option<bool> ShowSecret = new("--show-secret")
    {
        Description = "Show secrets that lie in Redis. Without it none is ever shown.",
        Recursive = true,
    };

    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Do not ask before something that cannot be undone.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Redis, Namespace, Output, ShowSecret, Yes];
}
