// Inventory is called by Orders and calls Shipping. It verifies incoming calls, signs outgoing calls and forwards the user id.
using System.Security.Claims;
using Rewt;
using Rewt.Samples.Inventory;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddRewtAuthentication();
builder.Services
    .AddHttpClient("shipping", client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:shipping"))
    .AddRewtSigning(options =>
    {
        options.Audience = "shipping";
        options.ForwardClaims = ["userId"];
    });

// For the demo, the policy allows any user of this machine. In production, require a login and the role of an operator.
var showDashboard = builder.Configuration.GetValue<bool>("Dashboard:OnThisMachine");
builder.Services.AddAuthorization(options => options.AddPolicy(RewtDashboardDefaults.PolicyName, policy => policy.RequireAssertion(ThisMachine.IsAsking)));

var app = builder.Build();

app.MapGet("/health", () => "ok");

app.MapGet("/stock/{item}", async (string item, ClaimsPrincipal user, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    var shipment = await clients.CreateClient("shipping").GetFromJsonAsync<Shipment>($"/shipments/{item}", cancellationToken);
    return new Stock(item, user.Identity?.Name, user.FindFirstValue("userId"), shipment);
}).RequireAuthorization();

if (showDashboard) app.MapRewtDashboard("/rewt");

app.Run();

internal sealed record Stock(string Item, string? Caller, string? UserId, Shipment? Shipment);

internal sealed record Shipment(string Item, string Caller, string UserId);
