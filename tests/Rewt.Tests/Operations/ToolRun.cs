using System.Diagnostics;

namespace Rewt.Tests.Operations;

/// <summary>One run of the built tool as a process of its own, and what came of it.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    public static string Program { get; } = Built();

    /// <summary>Runs it with nobody at the terminal.</summary>
    public static Task<ToolRun> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(StringComparer.Ordinal), null, args);

    public static async Task<ToolRun> RunAsync(IReadOnlyDictionary<string, string> environment, string? input, params string[] args)
    {
        using var process = Start(environment, args);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TimeProvider.System);
        return new ToolRun(process.ExitCode, await output, await errors);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Executables.Dotnet, [Program, .. args])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the machine that runs the tests has set is no part of them.
        start.Environment.Remove("REWT_REDIS");
        start.Environment.Remove("REWT_NAMESPACE");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The run ended well and complained of nothing.</summary>
    public ToolRun Well()
    {
        ExitCode.ShouldBe(0, $"{Output}{Errors}");
        return this;
    }

    /// <summary>The run ended as it should, with a sentence on the error stream and nothing like a stack trace.</summary>
    public ToolRun Fails(int exitCode, params string[] says)
    {
        ExitCode.ShouldBe(exitCode, $"{Output}{Errors}");
        foreach (var text in says) Errors.ShouldContain(text);
        Errors.ShouldNotContain("   at ");
        return this;
    }

    /// <summary>Built beside the tests, in the same configuration.</summary>
    private static string Built()
    {
        var output = Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Rewt.Tests"), AppContext.BaseDirectory);
        return Path.Combine(RepositoryRoot.Path, "src", "Rewt.Tool", output, "Rewt.Tool.dll");
    }
}
