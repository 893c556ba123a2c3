using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that starts the polling of the trusted apps and the recording of key uses when the application starts, without waiting for
/// Redis. When the application stops, it writes the uses that are not yet written.
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
