namespace Rewt.Tests.Operations;

/// <summary>One run of the tool, and what came of it.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    public static string Program { get; } = Programs.Built("src/Rewt.Tool", "Rewt.Tool.dll");

    /// <summary>Runs it in this process, without a terminal.</summary>
    public static async Task<ToolRun> RunAsync(params string[] args)
    {
        var (exitCode, output, errors) = await ToolInProcess.RunAsync(args);
        return new ToolRun(exitCode, output, errors);
    }

    /// <summary>Runs it as a process of its own, with an environment and an input.</summary>
    public static async Task<ToolRun> RunAsync(IReadOnlyDictionary<string, string> environment, string? input, params string[] args)
    {
        var (exitCode, output, errors) = await Programs.RunToEndAsync(Executables.Dotnet, [Program, .. args], environment: With(environment), input: input);
        return new ToolRun(exitCode, output, errors);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        // A test run that was started in the background ignores Ctrl+C, and its children inherit that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", Executables.Dotnet] : [Executables.Dotnet];
        return Programs.Start(command[0], [.. command[1..], Program, .. args], environment: With(environment));
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

    /// <summary>What the machine that runs the tests has set is no part of them.</summary>
    private static Dictionary<string, string?> With(IReadOnlyDictionary<string, string> environment) => new(StringComparer.Ordinal)
    {
        ["REWT_REDIS"] = environment.GetValueOrDefault("REWT_REDIS"),
        ["REWT_SEALING_KEY_FILE"] = environment.GetValueOrDefault("REWT_SEALING_KEY_FILE"),
        ["REWT_NAMESPACE"] = environment.GetValueOrDefault("REWT_NAMESPACE"),
    };
}
