using System.Diagnostics;

namespace Rewt.Tests.Infrastructure;

internal static class DotnetTools
{
    private static readonly Lazy<Task> Restored = new(RestoreAsync);

    public static Task RestoreOnceAsync() => Restored.Value;

    private static async Task RestoreAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Executables.Dotnet, ["tool", "restore"])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet tool restore failed: {await output}{await errors}");
        }
    }
}
