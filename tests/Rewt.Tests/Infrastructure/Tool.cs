using System.Diagnostics;

namespace Rewt.Tests.Infrastructure;

/// <summary>Runs what people make keys with.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string directory, string name, params string[] arguments)
    {
        var path = Executables.Find(name);
        Require.That(path is not null, $"needs {name} on the PATH");
        using var process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{name} {string.Join(' ', arguments)}: {await errors}");
        return output;
    }
}
