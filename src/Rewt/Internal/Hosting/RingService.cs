using Microsoft.Extensions.Hosting;

namespace Rewt.Internal;

/// <summary>Begins to keep the rings when the application starts, without waiting for a server, and to examine them; the container ends it.</summary>
internal sealed class RingService(RingRegistry rings, DoctorService doctor, RingGauges gauges) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The gauges live as long as the application that shows them.
        GC.KeepAlive(gauges);
        rings.StartAll();
        return doctor.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => doctor.StopAsync(cancellationToken);
}
