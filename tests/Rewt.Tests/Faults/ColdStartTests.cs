namespace Rewt.Tests.Faults;

/// <summary>The time limits of a connection to Redis in its first 15 seconds and later.</summary>
public sealed class ColdStartTests
{
    [Theory]
    [InlineData(0, 3.9, true)]
    [InlineData(0, 4, false)]
    [InlineData(15, 2, false)]
    public Task A_connect_may_take_four_seconds_at_the_start_and_two_later(int age, double delay, bool succeeds) => ReadAsync(age, delay, succeeds, isConnected: false);

    [Theory]
    [InlineData(0, 3.9, true)]
    [InlineData(0, 4, false)]
    [InlineData(15, 1, false)]
    public Task An_answer_may_take_four_seconds_at_the_start_and_one_later(int age, double delay, bool succeeds) => ReadAsync(age, delay, succeeds, isConnected: true);

    [Fact]
    public async Task An_instance_that_has_read_its_keys_waits_one_second_for_an_answer()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.SetAsync("rewt:rewt-secret", new string('s', 43), TimeSpan.FromHours(1));
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var options = new RewtOptions { Redis = proxy.ConnectionString };
        await using var store = new RedisRingStore(new RedisConnection(services, options, time), options, new SecretSeal(options, null, time), time);
        await store.ReadAsync(Cancellation);

        proxy.Hold();
        var reading = store.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<TimeoutException>(() => reading);
        proxy.Release();
    }

    private static async Task ReadAsync(int age, double delay, bool succeeds, bool isConnected)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var options = new RewtOptions { Redis = proxy.ConnectionString };
        await using var store = new RedisRingStore(new RedisConnection(services, options, time), options, new SecretSeal(options, null, time), time);
        if (isConnected) await store.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(age));

        proxy.Hold();
        var reading = store.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(delay));
        // The limit that has passed ends the read before an answer can arrive.
        if (!succeeds) await Should.ThrowAsync<TimeoutException>(() => reading);
        proxy.Release();

        if (succeeds) (await reading).Slot.IsAbsent.ShouldBeTrue();
    }
}
