namespace Rewt.Internal;

/// <summary>The metrics and the audit log of one key ring. Each method reports a change of key pairs to the metrics and to the audit log.</summary>
internal sealed record RingTelemetry(RingMetrics Metrics, RingAudit Audit)
{
    /// <summary>Records that the key pairs of this process were published.</summary>
    public void PairsWritten(LocalKeyPairs before, LocalKeyPairs after, bool isCommand)
    {
        Audit.PairsWritten(before, after, isCommand);
        if (before.Current is not null && before.Current.KeyId != after.Current?.KeyId) Metrics.Rotated(isCommand ? "operator" : "schedule");
    }

    /// <summary>Records that an operator revoked a key pair.</summary>
    public void PairRevoked(KeyId keyId)
    {
        Audit.PairRevoked(keyId);
        Metrics.Revoked(1, "operator");
    }
}
