// RefitClient calls Shipping through an interface that Refit implements. AddRewtSigning signs the requests of the client.
using Refit;

var builder = WebApplication.CreateBuilder(args);

builder.Services
    .AddRefitGeneratedClient<IShipping>()
    .ConfigureHttpClient(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:shipping"))
    .AddRewtSigning("shipping");

var app = builder.Build();

app.MapGet("/shipments/{item}", (string item, IShipping shipping, CancellationToken cancellationToken) => shipping.GetAsync(item, cancellationToken));

app.Run();

internal interface IShipping
{
    [Get("/shipments/{item}")]
    Task<Shipment> GetAsync(string item, CancellationToken cancellationToken);
}

internal sealed record Shipment(string Item, string? Caller, string? UserId);
