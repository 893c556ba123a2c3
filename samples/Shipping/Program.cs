// Shipping is the end of the chain. It only receives: one line adds the scheme, and RequireAuthorization requires a token.
using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddRewtAuthentication();

var app = builder.Build();

app.MapGet("/health", () => "ok");

// The name is the service that signed the call. The user id was forwarded from Orders.
app.MapGet("/shipments/{item}", (string item, ClaimsPrincipal user) =>
    new Shipment(item, user.Identity?.Name, user.FindFirstValue("userId"))).RequireAuthorization();

app.Run();

internal sealed record Shipment(string Item, string? Caller, string? UserId);
