using Microsoft.AspNetCore.SignalR;

namespace Rewt.Samples.SignalR;

internal sealed class ChatHub : Hub
{
    /// <summary>All hear it, and from whom: the service that signed the connection's token.</summary>
    public Task Say(string text) => Clients.All.SendAsync("Said", Context.User?.Identity?.Name, text, Context.ConnectionAborted);
}
