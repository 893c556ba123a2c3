using System.Diagnostics.Metrics;

namespace Rewt.Internal;

/// <summary>Instruments of the sending side on the meter <c>Rewt</c>.</summary>
internal sealed class SigningMetrics
{
    private readonly Counter<long> _retries;

    public SigningMetrics(IMeterFactory meters) =>
        _retries = meters.Create("Rewt").CreateCounter<long>("rewt.client.retries", "{request}", "Requests sent a second time because their key was refused.");

    public void Retried(string? audience)
    {
        if (_retries.Enabled) _retries.Add(1, new KeyValuePair<string, object?>("rewt.audience", audience));
    }
}
