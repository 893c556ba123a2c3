namespace Rewt.Tests.Packaging;

/// <summary>
/// Runs lines of bash as a newcomer's shell does: without what the test run has put into the environment, and with a folder for packages that holds
/// none of ours.
/// </summary>
internal sealed class CleanShell(string packages)
{
    /// <summary>What a build or a restore complains of. Not what a feed knows of weaknesses (NU19..), which changes from day to day.</summary>
    public const string Complaint = @"(warn|warning|error)\s*:?\s*(NU1[0-8]|NU5|CS|NETSDK|IL|PKV|CP)[0-9]{2,}";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>The variables of this process that no other process should get: `env` removes them.</summary>
    private static IEnumerable<string> Foreign => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Where(name => name is "CI" or "DOTNET_STARTUP_HOOKS" or "DOTNET_ADDITIONAL_DEPS"
            || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("COVERLET", StringComparison.OrdinalIgnoreCase));

    private static string KnownPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
        ? given
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The command that runs <paramref name="line"/>.</summary>
    public IReadOnlyList<string> Command(string line)
    {
        List<string> command = ["env", .. Foreign.SelectMany(name => new[] { "-u", name }), $"NUGET_PACKAGES={packages}", "DOTNET_NOLOGO=1", "MSBUILDDISABLENODEREUSE=1", "DOTNET_CLI_UI_LANGUAGE=en"];
        // What this machine has need not be fetched again, unless it has old packages of ours.
        if (Directory.Exists(KnownPackages) && !Directory.EnumerateDirectories(KnownPackages, "rewt*").Any()) command.Add($"NUGET_FALLBACK_PACKAGES={KnownPackages}");
        if (Path.GetDirectoryName(Executables.Dotnet) is { Length: > 0 } sdk) command.Add($"PATH={sdk}:{Environment.GetEnvironmentVariable("PATH")}");
        return [.. command, "bash", "-euo", "pipefail", "-c", line];
    }

    /// <summary>Runs a script to its end and gives what it printed.</summary>
    public async Task<string> RunAsync(string directory, string script)
    {
        // Into a file: compiler servers that stay behind would hold a pipe open.
        var file = Path.GetTempFileName();
        var command = Command($"( {script}\n) >\"{file}\" 2>&1");
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = directory, UseShellExecute = false })!;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(Limit);
            await process.WaitForExitAsync(limit.Token);
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
