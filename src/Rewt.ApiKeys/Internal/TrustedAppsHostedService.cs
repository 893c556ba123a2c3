using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that begins polling the store and recording the uses of API keys when the application starts. The start does not wait for Redis.
/// The recorded uses are written to the store when the application stops.
/// </summary>
internal sealed class TrustedAppsHostedService(TrustedAppProvider apps, AppUseLog uses) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        apps.Start();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await uses.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The shutdown must not wait for the times of last use.
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => uses.RunAsync(stoppingToken);
}
