using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>Begins to keep the apps when the application starts, without waiting for a server, and writes the last uses when it ends.</summary>
internal sealed class AppService(AppKeeper apps, AppUseLog uses) : IHostedService
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
            // The application ends now; when a key was last used is not worth its waiting.
        }
    }
}
