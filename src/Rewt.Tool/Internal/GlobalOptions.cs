using System.CommandLine;

namespace Rewt.Tool;

/// <summary>The command-line options that every command of the tool accepts, such as <c>--redis</c> and <c>--namespace</c>.</summary>
internal static class GlobalOptions
{
    public const string RedisVariable = "REWT_REDIS";

    public const string NamespaceVariable = "REWT_NAMESPACE";

    public const string SealingKeyVariable = "REWT_SEALING_KEY_FILE";

    public static readonly Option<string?> Redis = new("--redis")
    {
        Description = $"The connection string of the Redis server. Default: the environment variable {RedisVariable}, otherwise localhost:6379.",
        HelpName = "host:port,...",
        Recursive = true,
    };

    public static readonly Option<string?> Namespace = new("--namespace", "-n")
    {
        Description = $"The namespace: the trust domain and the prefix of its Redis keys. Default: the environment variable {NamespaceVariable}, otherwise rewt.",
        HelpName = "name",
        Recursive = true,
    };

    public static readonly Option<string[]> SealingKeyFiles = new("--sealing-key-file")
    {
        Description = $"A file with a sealing key of the services (Rewt:Sealing:Keys), for secrets that are sealed. The option can be repeated: the first key seals. Default: the environment variable {SealingKeyVariable}.",
        HelpName = "path",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<bool> Seal = new("--seal")
    {
        Description = "Accept secrets that are not sealed, and seal them with the first sealing key. Without this option, a sealing key is for sealed secrets only.",
        Recursive = true,
    };

    public static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "The output format: table for people, json for programs.",
        HelpName = "table|json",
        Recursive = true,
    };

    public static readonly Option<bool> ShowSecret = new("--show-secret")
    {
        Description = "Show the secrets in Redis. Without this option, no secret is shown.",
        Recursive = true,
    };

    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Skip the confirmation of changes that cannot be undone.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Redis, Namespace, SealingKeyFiles, Seal, Output, ShowSecret, Yes];
}
