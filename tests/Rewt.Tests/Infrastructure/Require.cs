using System.Diagnostics.CodeAnalysis;

namespace Rewt.Tests.Infrastructure;

/// <summary>Skips the current test if a requirement is missing. On CI, where all requirements must be met, the test fails instead.</summary>
public static class Require
{
    private static string InteropDirectory => Path.Combine(RepositoryRoot.Path, "tests", "interop");

    public static void RealRedis() => That(Executables.RedisServer is not null, "needs redis-server on the PATH");

    public static void Node()
    {
        That(Executables.Node is not null, "needs node on the PATH");
        That(Directory.Exists(Path.Combine(InteropDirectory, "node_modules")), "needs the Node packages: run `npm ci` in tests/interop");
    }

    public static void That([DoesNotReturnIf(false)] bool present, string reason)
    {
        if (present)
        {
            return;
        }

        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }
}
