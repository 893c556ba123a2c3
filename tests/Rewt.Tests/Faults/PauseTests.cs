namespace Rewt.Tests.Faults;

/// <summary>Tests a process that is suspended, as in a frozen container or a debugger, and resumed later.</summary>
public sealed class PauseTests
{
    private const string Paused = "paused";

    [Theory]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_resumed_process_neither_signs_nor_verifies_with_a_key_revoked_during_the_pause(string change) => PauseAsync(change, TimeSpan.FromSeconds(2));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_process_resumed_after_twenty_seconds_neither_signs_nor_verifies_with_a_revoked_key(string change) => PauseAsync(change, TimeSpan.FromSeconds(20));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    public Task A_process_that_lost_its_connection_during_a_pause_neither_signs_nor_verifies_with_a_revoked_key(string change) =>
        PauseAsync(change, TimeSpan.FromSeconds(5), isConnectionLost: true);

    private static async Task PauseAsync(string change, TimeSpan pause, bool isConnectionLost = false)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var process = InstanceProcess.Start();
        await process.StartInstanceAsync(Paused, proxy.ConnectionString, settings: ("Rewt:RefreshInterval", "00:00:00.5"));
        var revokedKeyId = await other.CurrentAsync();
        var token = await other.SignAsync();
        // On a busy machine the first read of a new process may exceed the timeout of a call.
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => process.CurrentAsync(Paused)) is null, "the process has its keys");
        (await process.VerifyAsync(Paused, token)).ShouldBeTrue();
        (await process.CurrentAsync(Paused)).ShouldBe(revokedKeyId);
        // An instance announces itself after it has subscribed, so its start is complete.
        await Eventually.TrueAsync(async () => await redis.CliAsync("ZCARD", "{rewt:rewt-secret}:instances") == "2", "both instances have announced themselves");

        await SignalAsync("STOP", process.ProcessId);
        if (isConnectionLost) proxy.DropConnectionData();
        if (change == "revoked") await other.Ring.RevokeAsync(revokedKeyId, Cancellation);
        else await redis.DelAsync("rewt:rewt-secret");
        // The process executes these commands first when it is resumed.
        var verifying = process.VerifyAsync(Paused, token);
        var signing = process.SignAsync(Paused, "content");
        var stopped = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(stopped) > pause, "the pause ends");
        await SignalAsync("CONT", process.ProcessId);

        (await verifying).ShouldBeFalse();
        var signed = await other.Data.VerifyAsync(await signing, Cancellation);
        signed.IsValid.ShouldBeTrue();
        signed.KeyId.ShouldNotBe(revokedKeyId);
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("bash", ["-c", "kill -s \"$1\" \"$2\"", "kill", signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
        kill.ExitCode.ShouldBe(0);
    }
}
