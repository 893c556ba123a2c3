using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Samples;

public sealed class SignalRSampleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_service_connects_with_a_fresh_token_and_again_when_that_one_has_expired()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var chat = await SampleService.StartAsync("SignalR", redis);
        await using var listener = SampleService.Run(
            "SignalR", "listen", "--Services:chat", chat.Address, "--ConnectionStrings:redis", redis.ConnectionString, "--Rewt:TokenLifetime", "00:00:02");

        await Eventually.TrueAsync(() => listener.Output.Contains("listener said hello", StringComparison.Ordinal), Limit, "the listener hears itself");
        await Eventually.TrueAsync(() => listener.Output.Contains("listener said hello again", StringComparison.Ordinal), Limit, "and again over a second connection");
        listener.HasExited.ShouldBeFalse(listener.Output);
    }

    [Fact]
    public async Task A_browsers_token_is_read_from_the_address_of_the_hub_and_of_nothing_else()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var chat = await SampleService.StartAsync("SignalR", redis);
        await using var services = new ServiceCollection()
            .AddRewt(options => (options.ServiceName, options.Redis) = ("web", redis.ConnectionString))
            .BuildServiceProvider();
        var token = await services.GetRequiredService<IRewtTokens>().CreateBearerAsync("chat", cancellationToken: TestContext.Current.CancellationToken);

        (await NegotiateAsync(chat, token)).ShouldBe(HttpStatusCode.OK);
        (await NegotiateAsync(chat, "nonsense")).ShouldBe(HttpStatusCode.Unauthorized);
        (await NegotiateAsync(chat, string.Empty)).ShouldBe(HttpStatusCode.Unauthorized);
        using var other = await chat.Client.GetAsync(new Uri($"/caller?access_token={token}", UriKind.Relative), TestContext.Current.CancellationToken);
        other.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpStatusCode> NegotiateAsync(SampleService chat, string token)
    {
        using var answer = await chat.Client.PostAsync(
            new Uri($"/chat/negotiate?negotiateVersion=1&access_token={token}", UriKind.Relative), null, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
