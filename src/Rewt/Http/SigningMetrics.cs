using System.Diagnostics.Metrics;

namespace Rewt.Internal;

/// <summary>
/// Records the counter <c>rewt.client.retries</c>: the requests that were sent again because the called service refused the key of their token.
/// </summary>
internal sealed class SigningMetrics
{
    private readonly Counter<long> _retries;

    public SigningMetrics(IMeterFactory meters) =>
        _retries = meters.Create("Rewt").CreateCounter<long>("rewt.client.retries", "{request}", "Requests that were sent a second time because the receiver refused their key, by reason.");

    public void Retried(string? audience, Challenge reason)
    {
        if (_retries.Enabled) _retries.Add(1, new("rewt.audience", audience), new KeyValuePair<string, object?>("rewt.reason", reason == Challenge.StaleKey ? "stale_key" : "unexplained"));
    }
}
