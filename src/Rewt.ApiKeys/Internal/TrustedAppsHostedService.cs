using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that starts to poll the trusted apps, and to record the uses of their keys, when the application starts. The start does not
/// wait for Redis. When the application stops, it writes the recorded uses to the store.
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
