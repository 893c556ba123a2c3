using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>
/// The hosted service that starts polling the apps when the application starts, without waiting for a server, and writes the last uses when it stops.
/// </summary>
internal sealed class AppService(TrustedAppProvider apps, AppUseLog uses) : IHostedService
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
