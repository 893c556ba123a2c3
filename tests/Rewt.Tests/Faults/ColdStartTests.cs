namespace Rewt.Tests.Faults;

/// <summary>Tests the timeouts of a Redis connection at startup, later, and after a pause of the process.</summary>
public sealed class ColdStartTests
{
    [Theory]
    [InlineData(0, 3.9, true)]
    [InlineData(0, 4, false)]
    [InlineData(15, 2, false)]
    public Task The_connection_timeout_is_four_seconds_at_startup_and_two_seconds_later(int age, double delay, bool succeeds) =>
        ReadAsync(age, delay, succeeds, isConnected: false);

    [Theory]
    [InlineData(0, 3.9, true)]
    [InlineData(0, 4, false)]
    [InlineData(15, 1, false)]
    public Task The_response_timeout_is_four_seconds_at_startup_and_one_second_later(int age, double delay, bool succeeds) =>
        ReadAsync(age, delay, succeeds, isConnected: true);

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 4)]
    public async Task The_response_timeout_is_one_second_after_the_first_successful_read_unless_the_process_was_paused(bool isResumed, double timeout)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.SetAsync("rewt:rewt-secret", new string('s', 43), TimeSpan.FromHours(1));
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new TestClock();
        var options = new RewtOptions { Redis = proxy.ConnectionString };
        await using var store = new RedisRingStore(new RedisConnection(services, options, time), options, new SecretSeal(options, null, time), time);
        await store.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));

        if (isResumed) store.OnResumed();
        proxy.Hold();
        await ShouldTimeOutAsync(store.ReadAsync(Cancellation), time, TimeSpan.FromSeconds(timeout));
        proxy.Release();
    }

    private static async Task ReadAsync(int age, double delay, bool succeeds, bool isConnected)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new TestClock();
        var options = new RewtOptions { Redis = proxy.ConnectionString };
        await using var store = new RedisRingStore(new RedisConnection(services, options, time), options, new SecretSeal(options, null, time), time);
        if (isConnected) await store.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(age));

        proxy.Hold();
        var reading = store.ReadAsync(Cancellation);
        // The expired timeout ends the read before a response can arrive.
        if (succeeds) time.Advance(TimeSpan.FromSeconds(delay));
        else await ShouldTimeOutAsync(reading, time, TimeSpan.FromSeconds(delay));
        proxy.Release();

        if (succeeds) (await reading).Slot.IsAbsent.ShouldBeTrue();
    }

    private static async Task ShouldTimeOutAsync(Task reading, TestClock time, TimeSpan timeout)
    {
        var started = time.GetTimestamp();
        await time.AdvanceUntilAsync(() => reading.IsCompleted, within: timeout, time.Advance);

        await Should.ThrowAsync<TimeoutException>(() => reading);
        // After the timeout, the connection searches for the cause. The search has timeouts of its own, which together are shorter than the next longer timeout.
        time.GetElapsedTime(started).ShouldBeInRange(timeout, timeout + TimeSpan.FromSeconds(1.5));
    }
}
