namespace Rewt.Tests.Operations;

/// <summary>Represents one run of the tool and its result.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    public static string Program { get; } = Programs.PathOf("src/Rewt.Tool", "Rewt.Tool.dll");

    /// <summary>Runs the tool in this process, without a terminal.</summary>
    public static async Task<ToolRun> RunAsync(params string[] args)
    {
        var (exitCode, output, errors) = await ToolInProcess.RunAsync(args);
        return new ToolRun(exitCode, output, errors);
    }

    /// <summary>Runs the tool in a separate process, with an environment and an input.</summary>
    public static async Task<ToolRun> RunAsync(IReadOnlyDictionary<string, string> environment, string? input, params string[] args)
    {
        var (exitCode, output, errors) = await Programs.RunToEndAsync(Executables.Dotnet, [Program, .. args], environment: Isolate(environment), input: input);
        return new ToolRun(exitCode, output, errors);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        // Child processes of a test run that was started in the background would ignore Ctrl+C.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", Executables.Dotnet] : [Executables.Dotnet];
        return Programs.Start(command[0], [.. command[1..], Program, .. args], environment: Isolate(environment));
    }

    /// <summary>Asserts that the run has ended with exit code 0.</summary>
    public ToolRun Succeeds()
    {
        ExitCode.ShouldBe(0, $"{Output}{Errors}");
        return this;
    }

    /// <summary>Asserts that the run has ended with the given exit code and error texts and without a stack trace.</summary>
    public ToolRun Fails(int exitCode, params string[] expected)
    {
        ExitCode.ShouldBe(exitCode, $"{Output}{Errors}");
        foreach (var text in expected) Errors.ShouldContain(text);
        Errors.ShouldNotContain("   at ");
        return this;
    }

    /// <summary>Overrides the variables of the machine that runs the tests.</summary>
    private static Dictionary<string, string?> Isolate(IReadOnlyDictionary<string, string> environment) => new(StringComparer.Ordinal)
    {
        ["REWT_REDIS"] = environment.GetValueOrDefault("REWT_REDIS"),
        ["REWT_SEALING_KEY_FILE"] = environment.GetValueOrDefault("REWT_SEALING_KEY_FILE"),
        ["REWT_NAMESPACE"] = environment.GetValueOrDefault("REWT_NAMESPACE"),
    };
}
