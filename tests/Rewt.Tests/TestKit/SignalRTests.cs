extern alias Chatting;

using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ChatProgram = Chatting::Program;

namespace Rewt.Tests.TestKit;

/// <summary>What docs/testing.md says of hubs, with the sample's.</summary>
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

        await connection.StartAsync(TestContext.Current.CancellationToken);
        await connection.InvokeAsync("Say", "hello", TestContext.Current.CancellationToken);

        (await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe(("orders", "hello"));
    }
}
