using Microsoft.AspNetCore.SignalR.Client;

namespace Rewt.Samples.SignalR;

/// <summary>A service that connects to the hub. It is a worker, which needs no ASP.NET Core.</summary>
internal static class Listener
{
    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddRewtKeys(options => options.ServiceName = "listener");
        using var host = builder.Build();
        await host.StartAsync();
        var tokens = host.Services.GetRequiredService<IRewtTokens>();
        var address = new Uri(builder.Configuration["Services:chat"]!);

        // snippet: connection
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(address, "/chat"), options => options.AccessTokenProvider = async () => await tokens.CreateBearerAsync("chat"))
            .WithAutomaticReconnect()
            .Build();
        // end of snippet
        connection.On<string, string>("Said", (caller, text) => Console.WriteLine($"{caller} said {text}"));
        connection.Reconnected += async _ => await connection.InvokeAsync("Say", "hello again");
        await connection.StartAsync();
        await connection.InvokeAsync("Say", "hello");
        await host.WaitForShutdownAsync();
    }
}
