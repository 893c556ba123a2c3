namespace Rewt.Internal;

/// <summary>Where a ring reports what happens to it.</summary>
internal sealed record RingTelemetry(RingMetrics Metrics, RingAudit Audit)
{
    /// <summary>This process's own key pairs were published.</summary>
    public void PairsWritten(OwnKeys before, OwnKeys after, bool isCommand)
    {
        Audit.PairsWritten(before, after, isCommand);
        if (before.Current is not null && before.Current.KeyId != after.Current?.KeyId) Metrics.Rotated(isCommand ? "operator" : "schedule");
    }

    /// <summary>An operator has revoked a key pair.</summary>
    public void PairRevoked(string keyId)
    {
        Audit.PairRevoked(keyId);
        Metrics.Revoked(1, "operator");
    }
}
