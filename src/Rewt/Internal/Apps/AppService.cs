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

    public Task StopAsync(CancellationToken cancellationToken) => uses.FlushAsync(cancellationToken);
}
