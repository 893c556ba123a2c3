using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>Starts polling the key rings and the diagnostics when the application starts, without waiting for a server. The container stops them.</summary>
internal sealed class RingService(KeyRingRegistry rings, DoctorService doctor, RingGauges gauges) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Resolving the gauges registers them; they must live as long as the application.
        GC.KeepAlive(gauges);
        rings.StartAll();
        return doctor.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => doctor.StopAsync(cancellationToken);
}
