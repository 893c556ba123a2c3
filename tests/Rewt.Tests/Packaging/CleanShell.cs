namespace Rewt.Tests.Packaging;

/// <summary>
/// Runs Bash scripts in the environment of a new user: without the environment variables of the test run, and with a NuGet package folder that contains no
/// Rewt package.
/// </summary>
internal sealed class CleanShell(string packages)
{
    /// <summary>Matches warnings and errors of a build or a restore, except reports of vulnerable packages (NU19xx), which change from day to day.</summary>
    public const string WarningPattern = @"(warn|warning|error)\s*:?\s*(NU1[0-8]|NU5|CS|NETSDK|IL|PKV|CP)[0-9]{2,}";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    /// <summary>The environment variables of this process that `env` removes.</summary>
    private static IEnumerable<string> RemovedVariables => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Where(name => name is "CI" or "DOTNET_STARTUP_HOOKS" or "DOTNET_ADDITIONAL_DEPS"
            || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("COVERLET", StringComparison.OrdinalIgnoreCase));

    private static string UserPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } configured
        ? configured
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Returns the command that runs <paramref name="line"/>.</summary>
    public IReadOnlyList<string> Command(string line)
    {
        List<string> command = ["env", .. RemovedVariables.SelectMany(name => new[] { "-u", name }), $"NUGET_PACKAGES={packages}", "DOTNET_NOLOGO=1", "MSBUILDDISABLENODEREUSE=1", "DOTNET_CLI_UI_LANGUAGE=en"];
        // The packages of this machine need not be downloaded again. They cannot be used if they include an old Rewt package.
        if (Directory.Exists(UserPackages) && !Directory.EnumerateDirectories(UserPackages, "rewt*").Any()) command.Add($"NUGET_FALLBACK_PACKAGES={UserPackages}");
        if (Path.GetDirectoryName(Executables.Dotnet) is { Length: > 0 } sdk) command.Add($"PATH={sdk}:{Environment.GetEnvironmentVariable("PATH")}");
        return [.. command, "bash", "-euo", "pipefail", "-c", line];
    }

    /// <summary>Runs a script to its end and returns its output.</summary>
    public async Task<string> RunAsync(string directory, string script)
    {
        // The output goes to a file, because compiler servers that keep running would hold a pipe open.
        var file = Path.GetTempFileName();
        var command = Command($"( {script}\n) >\"{file}\" 2>&1");
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = directory, UseShellExecute = false })!;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            timeout.CancelAfter(Timeout);
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var output = await File.ReadAllTextAsync(file, Cancellation);
        File.Delete(file);
        process.ExitCode.ShouldBe(0, $"{script}\n{output}");
        return output;
    }
}
