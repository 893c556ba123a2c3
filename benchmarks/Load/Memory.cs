using Rewt.Internal;

namespace Rewt.Load;

/// <summary>Measures the memory of key rings, and whether rotations leak memory.</summary>
internal static class Memory
{
    public static async Task RunAsync(int rings, int rotations, TextWriter output)
    {
        var perRing = BytesPerRing(rings);
        output.WriteLine($"{rings} rings of three keys: {perRing:0} bytes each (target: at most 2,048)");

        var time = new ShiftedTime();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time)
            .AddRewtInMemoryKeys(options => options.ServiceName = "orders").BuildServiceProvider();
        var ring = services.GetRequiredService<IRewtKeyRing>();
        var tokens = services.GetRequiredService<IRewtTokens>();
        // Warms up until all code is compiled.
        await RotateAsync(ring, tokens, time, rotations);
        var before = HeapSizeAfterCollections();
        await RotateAsync(ring, tokens, time, rotations);
        var growth = HeapSizeAfterCollections() - before;
        output.WriteLine($"{rotations} rotations: the heap is {growth} bytes larger than before, {growth / (double)rotations:0.0} a rotation (target: 0)");
    }

    private static long HeapSizeAfterCollections()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static double BytesPerRing(int rings)
    {
        var schedule = RingSchedule.From(new RewtOptions());
        var kept = new RingSnapshot[rings];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < rings; i++) kept[i] = NewRing(schedule);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return (after - before) / (double)rings;
    }

    private static RingSnapshot NewRing(RingSchedule schedule)
    {
        var now = StoreTime.From(TimeProvider.System.GetUtcNow());
        var (current, next, last) = (Secret.Generate(), Secret.Generate(), Secret.Generate());
        var state = new RingState("epoch", 2, current, now + TimeSpan.FromDays(1), next, now, [new RetiredKey(last, now + TimeSpan.FromSeconds(400))]);
        var reading = new RingReading(new SecretSlot(current.CopyBytes(), false, 86_400_000), state, new Dictionary<KeyId, StoreTime>(), now);
        return new RingSnapshot(reading, new Dictionary<KeyId, StoreTime>(), null, schedule, ClockReading.Now(TimeProvider.System), null);
    }

    private static async Task RotateAsync(IRewtKeyRing ring, IRewtTokens tokens, ShiftedTime time, int times)
    {
        for (var i = 0; i < times; i++)
        {
            // Exceeds the time for which a retired key is kept.
            time.Shift(TimeSpan.FromMinutes(10));
            await ring.RotateAsync();
            await tokens.VerifyBearerAsync(await tokens.CreateBearerAsync());
        }
    }
}
