namespace Rewt.Tests.Faults;

/// <summary>What a server that misbehaves costs the process.</summary>
[Collection(WholeProcess.Name)]
public sealed class ProcessCostTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_value_of_a_hundred_megabytes_is_not_read()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var allocated = GC.GetTotalAllocatedBytes();

        await redis.CommandAsync("SETRANGE", "rewt:rewt-secret", 100_000_000, "x");
        await Eventually.TrueAsync(
            async () => (await Record.ExceptionAsync(() => instance.SignAsync()))?.Message.Contains("more than 4096 bytes", StringComparison.Ordinal) == true,
            "it is seen");

        (GC.GetTotalAllocatedBytes() - allocated).ShouldBeLessThan(50_000_000);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task An_outage_piles_up_no_threads_and_no_memory()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var refusing = TcpProxy.Start(redis.Port);
        await using var silent = TcpProxy.Start(redis.Port);
        var instances = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Instance.StartWarmAsync((number % 2 == 0 ? refusing : silent).ConnectionString)));
        var (threads, memory) = Use();

        refusing.Refuse();
        silent.Hold();
        var started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(15), "time passes");
        var (threadsAfter, memoryAfter) = Use();
        refusing.Listen();
        silent.Release();
        foreach (var instance in instances) await instance.HealthyAsync();
        foreach (var instance in instances) await instance.DisposeAsync();

        output.WriteLine($"{threads} threads and {memory} bytes before, {threadsAfter} and {memoryAfter} after");
        threadsAfter.ShouldBeLessThan(threads + 40);
        memoryAfter.ShouldBeLessThan(memory + 20_000_000);

        static (int Threads, long Memory) Use()
        {
            using var process = Process.GetCurrentProcess();
            return (process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
