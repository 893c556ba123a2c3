namespace Rewt.Tests.Infrastructure;

/// <summary>Starts other programs, and runs them to their end.</summary>
internal static class Programs
{
    /// <summary>A program of this repository, built beside the tests in the same configuration.</summary>
    public static string Built(string project, string file) => Path.Combine(FolderOf(project), file);

    public static string FolderOf(string project) => Path.Combine(
        RepositoryRoot.Path, project, Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Rewt.Tests"), AppContext.BaseDirectory));

    /// <param name="program">A path, or a name on the PATH.</param>
    /// <param name="arguments">What it is called with.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="environment">What it finds in its environment beside what this process has; null takes a variable away.</param>
    public static Process Start(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory ?? RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Gives a program its whole input, and waits for its end however long that takes: a test run has its own limit.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        using var process = Start(program, arguments, directory, environment);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(Cancellation);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What a program prints that must succeed.</summary>
    public static async Task<string> OutputAsync(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        var (exitCode, output, errors) = await RunToEndAsync(program, arguments, directory, environment, input);
        exitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }
}
