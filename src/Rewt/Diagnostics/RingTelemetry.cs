namespace Rewt.Internal;

/// <summary>Reports what happens to a key ring to its metrics and its audit log.</summary>
internal sealed record RingTelemetry(RingMetrics Metrics, RingAudit Audit)
{
    /// <summary>Records that this process's own key pairs were published.</summary>
    public void PairsWritten(LocalKeyPairs before, LocalKeyPairs after, bool isCommand)
    {
        Audit.PairsWritten(before, after, isCommand);
        if (before.Current is not null && before.Current.KeyId != after.Current?.KeyId) Metrics.Rotated(isCommand ? "operator" : "schedule");
    }

    /// <summary>Records that an operator revoked a key pair.</summary>
    public void PairRevoked(string keyId)
    {
        Audit.PairRevoked(keyId);
        Metrics.Revoked(1, "operator");
    }
}
