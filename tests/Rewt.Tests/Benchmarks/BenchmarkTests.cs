using System.Diagnostics;

namespace Rewt.Tests.Benchmarks;

/// <summary>That the benchmarks still run. How fast is measured elsewhere: a timed test says more of the machine than of the code.</summary>
public sealed class BenchmarkTests
{
    [Fact]
    public async Task Every_benchmark_runs() =>
        (await RunAsync("Bench", "Rewt.Benchmarks.dll", "--dry")).ShouldContain("benchmarks ran");

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_measurement_under_load_runs()
    {
        Require.RealRedis();

        var output = await RunAsync("Load", "Rewt.Load.dll", "--short");

        foreach (var line in new[] { "Rewt to no authentication", "p50 of a signed call", "p99 of a rotating second", "rings of three keys", "rotations: the heap", "steady:" })
        {
            output.ShouldContain(line);
        }
    }

    private static async Task<string> RunAsync(string project, string program, string argument)
    {
        // Built beside the tests, in the same configuration.
        var output = Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Rewt.Tests"), AppContext.BaseDirectory);
        using var process = Process.Start(new ProcessStartInfo(Executables.Dotnet, [Path.Combine(RepositoryRoot.Path, "benchmarks", project, output, program), argument])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, string.Concat(texts));
        return texts[0];
    }
}
