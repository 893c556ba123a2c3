namespace Rewt.Tests.Faults;

/// <summary>Tests reads of the secret alone from a server that hangs while it is connected.</summary>
public sealed class SecretOnlyModeTests
{
    [Fact]
    public async Task A_read_of_the_secret_alone_ends_after_the_time_limit_of_a_command()
    {
        var time = new TestClock();

        await ReadFromHangingServerAsync<TimeoutException>(time, (connection, read) => time.AdvanceUntilAsync(() => read.IsCompleted, connection.CommandLimit, time.Advance), Cancellation);
    }

    [Fact]
    public async Task A_read_of_the_secret_alone_can_be_canceled()
    {
        using var cancellation = new CancellationTokenSource();

        await ReadFromHangingServerAsync<OperationCanceledException>(new TestClock(), (_, _) => cancellation.CancelAsync(), cancellation.Token);
    }

    private static async Task ReadFromHangingServerAsync<TException>(TestClock time, Func<RedisConnection, Task, Task> end, CancellationToken cancellationToken)
        where TException : Exception
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        // The client library itself waits for an hour.
        var options = new RewtOptions { Redis = proxy.ConnectionString + ",asyncTimeout=3600000" };
        await using var connection = new RedisConnection(services, options, time);
        var mode = new SecretOnlyMode(connection, new RedisKeys(options.Namespace), new SecretSeal(options, null, time), time);
        var database = await connection.DatabaseAsync(Cancellation);
        (await mode.ReadAsync(database, Cancellation)).Slot.IsAbsent.ShouldBeTrue();
        proxy.Hold();

        var read = mode.ReadAsync(database, cancellationToken);
        await end(connection, read);

        await Eventually.TrueAsync(() => read.IsCompleted, "the read has ended");
        await Should.ThrowAsync<TException>(() => read);
        proxy.Release();
    }
}
