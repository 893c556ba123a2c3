namespace Rewt.Tests.Infrastructure;

/// <summary>Runs what people make keys with.</summary>
internal static class Tool
{
    public static Task<string> RunAsync(string directory, string name, params string[] arguments)
    {
        var path = Executables.Find(name);
        Require.That(path is not null, $"needs {name} on the PATH");
        return Programs.OutputAsync(path, arguments, directory);
    }
}
