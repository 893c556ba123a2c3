namespace Rewt.Tests.Samples;

public sealed class SignalRSampleTests
{
    [Fact]
    public async Task A_service_connects_with_a_fresh_token_and_again_when_that_one_has_expired()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var chat = await SampleService.StartAsync("SignalR", redis);
        await using var listener = SampleService.Run(
            "SignalR", "listen", "--Services:chat", chat.Address, "--ConnectionStrings:redis", redis.ConnectionString, "--Rewt:TokenLifetime", "00:00:02");

        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("listener said hello", StringComparison.Ordinal)), () => $"the listener receives its own message: {listener.Output}");
        await Eventually.TrueAsync(() => Task.FromResult(listener.Output.Contains("listener said hello again", StringComparison.Ordinal)), () => $"the listener receives its own message over a second connection: {listener.Output}");
        listener.HasExited.ShouldBeFalse(listener.Output);
    }
}
