using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that begins polling the store and recording the uses of API keys when the application starts. The start does not wait for Redis.
/// The recorded uses are written to the store when the application stops.
/// </summary>
internal sealed class TrustedAppsHostedService(TrustedAppProvider apps, AppUseLog uses) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        apps.Start();
        uses.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await uses.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The shutdown must not wait for the times of last use.
        }
    }
}
