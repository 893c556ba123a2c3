namespace Rewt.Tests.Infrastructure;

/// <summary>Runs a command-line tool such as openssl, or skips the test if it is missing.</summary>
internal static class ExternalTool
{
    public static Task<string> RunAsync(string directory, string name, params string[] arguments)
    {
        var path = Executables.Find(name);
        Require.That(path is not null, $"needs {name} on the PATH");
        return Programs.OutputAsync(path, arguments, directory);
    }
}
