using StackExchange.Redis;

namespace Rewt.Tests.Faults;

public sealed class ConnectionOpeningTests
{
    [Fact]
    public async Task A_connection_that_never_opens_is_replaced_after_15_seconds()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var never = new TaskCompletionSource<IConnectionMultiplexer>();
        var (time, calls) = (new TestClock(), 0);
        var options = new RewtOptions { ConnectionMultiplexerFactory = () => Interlocked.Increment(ref calls) == 1 ? never.Task : Task.FromResult<IConnectionMultiplexer>(multiplexer) };
        await using var connection = new RedisConnection(services, options, time);
        var first = connection.DatabaseAsync(Cancellation);
        await Eventually.TrueAsync(() => Volatile.Read(ref calls) == 1, "the first attempt has begun");
        time.Advance(TimeSpan.FromSeconds(10));
        await ShouldTimeOutAsync(first);
        var second = connection.DatabaseAsync(Cancellation);
        second.IsCompleted.ShouldBeFalse("the first attempt is still waited for");
        await ShouldTimeOutAsync(second);

        var database = await connection.DatabaseAsync(Cancellation);

        (await database.PingAsync()).ShouldBeGreaterThan(TimeSpan.Zero);
        calls.ShouldBe(2);

        async Task ShouldTimeOutAsync(Task opening)
        {
            await time.AdvanceUntilAsync(() => opening.IsCompleted, within: TimeSpan.FromSeconds(4), time.Advance);
            await Should.ThrowAsync<TimeoutException>(() => opening);
        }
    }
}
