using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Rewt.Benchmarks;

/// <summary>Runs the benchmarks and compares their ratios with the targets.</summary>
internal static class Program
{
    private const string Dry = "--dry";

    /// <summary>Whether this is a short run, which only checks that the benchmarks work.</summary>
    public static bool IsDry { get; private set; }

    private static int Main(string[] args)
    {
        IsDry = args.Contains(Dry);
        var job = (IsDry ? Job.Dry : Job.Default.WithWarmupCount(6).WithIterationCount(15)).WithToolchain(InProcessNoEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(IsDry ? NullLogger.Instance : ConsoleLogger.Default)
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile | (IsDry ? ConfigOptions.DisableOptimizationsValidator : ConfigOptions.Default))
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "rewt-benchmarks"));

        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(arg => arg != Dry).DefaultIfEmpty("--filter=*")], config);
        return Targets.Print(summaries, Console.Out, IsDry) ? 0 : 1;
    }
}
