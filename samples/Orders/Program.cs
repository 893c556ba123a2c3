// Orders receives calls from outside and calls Inventory. It only sends signed calls, so one line for each client is sufficient.
using Rewt;

var builder = WebApplication.CreateBuilder(args);

builder.Services
    .AddHttpClient("inventory", client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:inventory"))
    .AddRewtSigning("inventory");

// The token of a payment is bound to its request and accepted once.
builder.Services
    .AddHttpClient("payments", client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:shipping"))
    .AddRewtSigning(options => (options.Audience, options.Binding, options.OneTime) = ("shipping", RequestBinding.Target | RequestBinding.Body, true));

var app = builder.Build();

app.MapGet("/health", () => "ok");

// In production the user would come from a login. Here the path names the user, so that curl is sufficient.
app.MapGet("/orders/{userId}", async (string userId, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    using var request = new HttpRequestMessage(HttpMethod.Get, "/stock/teapot");
    request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = userId });

    using var response = await clients.CreateClient("inventory").SendAsync(request, cancellationToken);
    response.EnsureSuccessStatusCode();
    return new Order(userId, await response.Content.ReadFromJsonAsync<Stock>(cancellationToken));
});

app.MapPost("/orders/{userId}/payment", async (string userId, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    using var response = await clients.CreateClient("payments").PostAsJsonAsync("/payments", new Payment(userId, 100), cancellationToken);
    response.EnsureSuccessStatusCode();
    return await response.Content.ReadFromJsonAsync<Payment>(cancellationToken);
});

app.Run();

internal sealed record Order(string UserId, Stock? Stock);

internal sealed record Stock(string Item, string Caller, string UserId, Shipment? Shipment);

internal sealed record Payment(string UserId, int Amount);

internal sealed record Shipment(string Item, string Caller, string UserId);
