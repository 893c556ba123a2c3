using Microsoft.AspNetCore.SignalR;

namespace Rewt.Samples.SignalR;

internal sealed class ChatHub : Hub
{
    /// <summary>Sends a message to all clients, with the name of the service that signed the connection's token.</summary>
    public Task Say(string text) => Clients.All.SendAsync("Said", Context.User?.Identity?.Name, text, Context.ConnectionAborted);
}
