extern alias Chatting;

using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.TestHost;
using ChatProgram = Chatting::Program;

namespace Rewt.Tests.TestKit;

/// <summary>Tests the statements of docs/testing.md and docs/transports.md about hubs with the hub of the sample.</summary>
public sealed class SignalRTests
{
    [Fact]
    public async Task A_hub_connection_of_a_test_has_the_identity_of_a_service()
    {
        await using var ring = new RewtTestRing();
        await using var app = new WebApplicationFactory<ChatProgram>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting(ring)));
        var received = new TaskCompletionSource<(string Caller, string Text)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Server.BaseAddress, "/chat"), HttpTransportType.LongPolling, options =>
            {
                options.HttpMessageHandlerFactory = _ => app.Server.CreateHandler();
                options.AccessTokenProvider = async () => await ring.CreateTokenAsync("orders", "chat");
            })
            .Build();
        connection.On<string, string>("Said", (caller, text) => received.TrySetResult((caller, text)));

        await connection.StartAsync(Cancellation);
        await connection.InvokeAsync("Say", "hello", Cancellation);

        (await received.Task.WaitAsync(Cancellation)).ShouldBe(("orders", "hello"));
    }

    [Fact]
    public async Task A_token_in_the_query_string_is_read_only_for_the_hub()
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

        async Task<HttpStatusCode> NegotiateAsync(string accessToken)
        {
            var address = new Uri($"/chat/negotiate?negotiateVersion=1&access_token={accessToken}", UriKind.Relative);
            using var answer = await browser.PostAsync(address, null, Cancellation);
            return answer.StatusCode;
        }
    }
}
