// Chat is a hub that services connect to. With the argument "listen", this program connects, says hello and prints the messages.
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Rewt;
using Rewt.Samples.SignalR;

if (args is ["listen", .. var settings])
{
    await Listener.RunAsync(settings);
    return;
}

var builder = WebApplication.CreateBuilder(args);

// snippet: hub
builder.Services.AddSignalR();
builder.Services.AddRewtAuthentication();
// end of snippet

// snippet: query-string
builder.Services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
{
    OnMessageReceived = context =>
    {
        // On all other paths, a token in the address is ignored.
        if (context.Request.Path.StartsWithSegments("/chat", StringComparison.OrdinalIgnoreCase)) context.Token = context.Request.Query["access_token"];
        return Task.CompletedTask;
    },
});
// end of snippet

var app = builder.Build();

app.MapGet("/health", () => "ok");

// snippet: endpoint
app.MapHub<ChatHub>("/chat", options => options.CloseOnAuthenticationExpiration = true).RequireAuthorization();
// end of snippet

app.MapGet("/caller", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization();

app.Run();
