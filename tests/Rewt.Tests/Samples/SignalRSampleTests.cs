namespace Rewt.Tests.Samples;

public sealed class SignalRSampleTests
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task A_client_reconnects_with_a_new_token_when_its_token_has_expired()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var chat = await SampleService.StartAsync("SignalR", redis);
        // The hub closes a connection when its token expires. The lifetime is longer than the slowest start, so that the first message is sent before.
        await using var listener = SampleService.Run(
            "SignalR", "listen", "--Services:chat", chat.Address, "--ConnectionStrings:redis", redis.ConnectionString, "--Rewt:TokenLifetime", "00:00:25");

        await ReceivedAsync("listener said hello");
        await ReceivedAsync("listener said hello again");
        listener.HasExited.ShouldBeFalse(listener.Output);

        Task ReceivedAsync(string text) => Eventually.TrueAsync(
            () => Task.FromResult(listener.HasExited || listener.Output.Contains(text, StringComparison.Ordinal)),
            () => $"the listener receives '{text}': {listener.Output}",
            TimeSpan.FromMinutes(2));
    }
}
