namespace Rewt.Tests.Samples;

public sealed class SignalRSampleTests
{
    [Fact]
    public async Task A_client_reconnects_with_a_new_token_when_its_token_has_expired()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var chat = await SampleService.StartAsync("SignalR", redis);
        // The hub closes a connection when its token expires. The lifetime is longer than the slowest start, so that the first message is sent before.
        await using var listener = SampleService.Run(
            "SignalR", "listen", "--Services:chat", chat.Address, "--ConnectionStrings:redis", redis.ConnectionString, "--Rewt:TokenLifetime", "00:00:10");

        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("listener said hello", StringComparison.Ordinal)), () => $"the listener receives its own message: {listener.Output}");
        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("listener said hello again", StringComparison.Ordinal)), () => $"the listener receives its own message over a second connection: {listener.Output}");
        listener.HasExited.ShouldBeFalse(listener.Output);
    }
}
