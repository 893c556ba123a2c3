namespace Rewt.Tests.Infrastructure;

/// <summary>Starts other programs and waits for them to exit.</summary>
internal static class Programs
{
    /// <summary>Returns the path of a program of this repository that was built in the same configuration as the tests.</summary>
    public static string PathOf(string project, string file) => Path.Combine(OutputDirectoryOf(project), file);

    public static string OutputDirectoryOf(string project) => Path.Combine(
        RepositoryRoot.Path, project, Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Rewt.Tests"), AppContext.BaseDirectory));

    /// <param name="program">A path, or a name on the PATH.</param>
    /// <param name="arguments">The command-line arguments.</param>
    /// <param name="directory">The working directory. The default is the root of the repository.</param>
    /// <param name="environment">Changes to the environment of this process. A null value removes a variable.</param>
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

    /// <summary>Runs a program with the given input and waits for it to exit. The test run has its own time limit.</summary>
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

    /// <summary>Returns the output of a program and fails if its exit code is not 0.</summary>
    public static async Task<string> OutputAsync(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        var (exitCode, output, errors) = await RunToEndAsync(program, arguments, directory, environment, input);
        exitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }
}
