namespace Rewt.Tests.Faults;

/// <summary>A process that is stopped, as a frozen container or a debugger stops it, and goes on later.</summary>
public sealed class PauseTests
{
    private const string Paused = "paused";

    [Theory]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_process_that_was_stopped_neither_signs_nor_accepts_with_a_key_that_died_meanwhile(string how) => PauseAsync(how, TimeSpan.FromSeconds(2));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_process_that_was_stopped_for_twenty_seconds_neither_signs_nor_accepts_with_a_dead_key(string how) => PauseAsync(how, TimeSpan.FromSeconds(20));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_process_whose_connection_was_lost_while_it_was_stopped_neither_signs_nor_accepts_with_a_dead_key(string how) =>
        PauseAsync(how, TimeSpan.FromSeconds(5), isConnectionLost: true);

    private static async Task PauseAsync(string how, TimeSpan pause, bool isConnectionLost = false)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var process = InstanceProcess.Start();
        await process.StartInstanceAsync(Paused, proxy.ConnectionString, settings: ("Rewt:RefreshInterval", "00:00:00.5"));
        var dead = await other.CurrentAsync();
        var token = await other.SignAsync();
        // On a busy machine the first read of a new process may take longer than a call waits.
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => process.CurrentAsync(Paused)) is null, "the process has its keys");
        (await process.VerifyAsync(Paused, token)).ShouldBeTrue();
        (await process.CurrentAsync(Paused)).ShouldBe(dead);

        await SignalAsync("STOP", process.ProcessId);
        if (isConnectionLost) proxy.LoseConnections();
        if (how == "revoked") await other.Ring.RevokeAsync(dead, Cancellation);
        else await redis.DelAsync("rewt:rewt-secret");
        // Waiting in its input, these are the first that it does when it goes on.
        var verifying = process.VerifyAsync(Paused, token);
        var signing = process.SignAsync(Paused, "content");
        var stopped = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(stopped) > pause, "time passes");
        await SignalAsync("CONT", process.ProcessId);

        (await verifying).ShouldBeFalse();
        var signed = await other.Data.VerifyAsync(await signing, Cancellation);
        signed.IsValid.ShouldBeTrue();
        signed.KeyId.ShouldNotBe(dead);
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("bash", ["-c", "kill -s \"$1\" \"$2\"", "kill", signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
        kill.ExitCode.ShouldBe(0);
    }
}
