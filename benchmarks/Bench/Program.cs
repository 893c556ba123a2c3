using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Rewt.Benchmarks;

// The shortest run, for the tests: that everything still runs, not how fast.
var isDry = args.Contains("--dry");
var job = (isDry ? Job.Dry : Job.Default.WithWarmupCount(5).WithIterationCount(12)).WithToolchain(InProcessNoEmitToolchain.Instance);
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(isDry ? NullLogger.Instance : ConsoleLogger.Default)
    .AddExporter(MarkdownExporter.GitHub)
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "rewt-benchmarks"));

var summaries = BenchmarkSwitcher.FromAssembly(typeof(Receiver).Assembly)
    .Run([.. args.Where(arg => arg != "--dry").DefaultIfEmpty("--filter=*")], config);
return Targets.Print(summaries, Console.Out, isDry) ? 0 : 1;
