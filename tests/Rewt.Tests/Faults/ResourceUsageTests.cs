namespace Rewt.Tests.Faults;

/// <summary>Tests the memory and threads that a process uses when a server misbehaves.</summary>
[Collection(WholeProcess.Name)]
public sealed class ResourceUsageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_stored_value_of_100_megabytes_is_not_read()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var allocated = GC.GetTotalAllocatedBytes();

        await redis.CommandAsync("SETRANGE", "rewt:rewt-secret", 100_000_000, "x");
        await Eventually.TrueAsync(
            async () => (await Record.ExceptionAsync(() => instance.SignAsync()))?.Message.Contains("more than 4096 bytes", StringComparison.Ordinal) == true,
            "the value is rejected");

        (GC.GetTotalAllocatedBytes() - allocated).ShouldBeLessThan(50_000_000);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task An_outage_does_not_accumulate_threads_or_memory()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var refusingProxy = TcpProxy.Start(redis.Port);
        await using var silentProxy = TcpProxy.Start(redis.Port);
        var instances = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            number => Instance.StartWarmAsync((number % 2 == 0 ? refusingProxy : silentProxy).ConnectionString)));
        var (threads, memory) = Use();

        refusingProxy.Refuse();
        silentProxy.Hold();
        var started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(15), "15 seconds have passed");
        var (threadsAfter, memoryAfter) = Use();
        refusingProxy.Listen();
        silentProxy.Release();
        foreach (var instance in instances) await instance.WaitUntilHealthyAsync();
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
