// Shipping is the last service of the chain. It only receives: one line adds the scheme, RequireAuthorization requires a token, and a payment requires its own token.
using System.Security.Claims;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddRewtAuthentication();

var app = builder.Build();

app.MapGet("/health", () => "ok");

// The name is the service that signed the call. The user id was forwarded from Orders.
app.MapGet("/shipments/{item}", (string item, ClaimsPrincipal user) =>
    new Shipment(item, user.Identity?.Name, user.FindFirstValue("userId"))).RequireAuthorization();

// A payment must arrive unchanged and only once, so a captured call is refused.
app.MapPost("/payments", (Payment payment) => payment).RequireBoundToken(body: true).RequireOneTimeToken();

app.Run();

internal sealed record Shipment(string Item, string? Caller, string? UserId);

internal sealed record Payment(string UserId, int Amount);
