namespace Rewt.Tests.Benchmarks;

/// <summary>Verifies that the benchmarks run. Their durations are not checked, because they depend on the machine.</summary>
public sealed class BenchmarkTests
{
    [Theory]
    [InlineData("--filter=*AttachBenchmarks*")]
    [InlineData("--filter=*", Traits = ["Category", "Long"])]
    public async Task Every_benchmark_runs(string filter) => (await RunAsync("Bench", "Rewt.Benchmarks.dll", "--dry", filter)).ShouldContain("benchmarks ran");

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_measurement_under_load_runs()
    {
        Require.RealRedis();

        var output = await RunAsync("Load", "Rewt.Load.dll", "--short");

        foreach (var line in new[] { "Rewt to no authentication", "p50 of a signed call", "p99 of a rotating second", "rings of three keys", "rotations: the heap", "steady:", "after 1 restarts" })
        {
            output.ShouldContain(line);
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_measurement_of_tenants_runs()
    {
        Require.RealRedis();

        var output = await RunAsync("Tenants", "Tenants.dll", "200");

        foreach (var line in new[] { "200 tenants, one call each", "200 active tenants", "100 forged tenants", "a revocation reaches 8 instances", "request with a token seen before", "a new token whose key is not cached" })
        {
            output.ShouldContain(line);
        }
    }

    private static Task<string> RunAsync(string project, string program, params string[] arguments) =>
        Programs.OutputAsync(Executables.Dotnet, [Programs.PathOf($"benchmarks/{project}", program), .. arguments]);
}
