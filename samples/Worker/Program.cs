// Worker calls Shipping every few seconds. It receives no calls, so it references the package Rewt and not ASP.NET Core.
var builder = Host.CreateApplicationBuilder(args);

builder.Services
    .AddHttpClient("shipping", client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:shipping"))
    .AddRewtSigning("shipping");
builder.Services.AddHostedService<ShipmentWorker>();

await builder.Build().RunAsync();

internal sealed partial class ShipmentWorker(IHttpClientFactory clients, ILogger<ShipmentWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            try
            {
                ShipmentReceived(await clients.CreateClient("shipping").GetStringAsync("/shipments/teapot", stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Shipping or Redis may be unavailable. An unhandled exception would stop the worker.
                CallFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Shipping answered {Shipment}")]
    private partial void ShipmentReceived(string shipment);

    [LoggerMessage(LogLevel.Warning, "The call failed")]
    private partial void CallFailed(Exception failure);
}
