extern alias Chatting;

using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.TestHost;
using ChatProgram = Chatting::Program;

namespace Rewt.Tests.TestKit;

/// <summary>What docs/testing.md and docs/transports.md say of hubs, with the sample's.</summary>
public sealed class SignalRTests
{
    [Fact]
    public async Task A_connection_of_a_test_is_made_as_a_service()
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<ChatProgram>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        var heard = new TaskCompletionSource<(string Caller, string Text)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Server.BaseAddress, "/chat"), HttpTransportType.LongPolling, options =>
            {
                options.HttpMessageHandlerFactory = _ => app.Server.CreateHandler();
                options.AccessTokenProvider = async () => await ring.CreateTokenAsync("orders", "chat");
            })
            .Build();
        connection.On<string, string>("Said", (caller, text) => heard.TrySetResult((caller, text)));

        await connection.StartAsync(Cancellation);
        await connection.InvokeAsync("Say", "hello", Cancellation);

        (await heard.Task.WaitAsync(Cancellation)).ShouldBe(("orders", "hello"));
    }

    [Fact]
    public async Task A_browsers_token_is_read_from_the_address_of_the_hub_and_of_nothing_else()
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<ChatProgram>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        using var browser = app.CreateClient();
        var token = await ring.CreateTokenAsync("web", "chat", cancellationToken: Cancellation);

        (await NegotiateAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await NegotiateAsync("nonsense")).ShouldBe(HttpStatusCode.Unauthorized);
        (await NegotiateAsync(string.Empty)).ShouldBe(HttpStatusCode.Unauthorized);
        (await KitService.StatusAsync(browser, $"/caller?access_token={token}")).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> NegotiateAsync(string shown)
        {
            var address = new Uri($"/chat/negotiate?negotiateVersion=1&access_token={shown}", UriKind.Relative);
            using var answer = await browser.PostAsync(address, null, Cancellation);
            return answer.StatusCode;
        }
    }
}
