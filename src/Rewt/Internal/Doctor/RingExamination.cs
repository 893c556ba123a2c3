using System.Globalization;

namespace Rewt.Internal;

/// <summary>Examines a key ring in use: its last reading, the instances that lag behind it, and its server.</summary>
internal sealed class RingExamination(string ring, FleetSettings settings, IStoreDoctor? server, InstanceTracker roll)
{
    /// <summary>Allowance for the round trip to the store, which the comparison of clocks cannot distinguish from an offset.</summary>
    private static readonly TimeSpan Travel = TimeSpan.FromSeconds(1);

    public const string ClockOffset = "clock-offset";

    /// <summary>
    /// Whether the clock offset exceeds half of the permitted skew. Two services may be off in opposite directions, so each has half of it.
    /// </summary>
    public static bool IsClockOff(KeySnapshot snapshot, TimeSpan skew) => snapshot.ClockOffset.Duration() > (skew / 2) + Travel;

    /// <summary>How long to wait for instances: one refresh interval to see a change by polling, and the same again to announce it.</summary>
    private TimeSpan Patience => settings.RefreshInterval * 2;

    public async Task<IReadOnlyList<Finding>> RunAsync(KeySnapshot snapshot, CancellationToken cancellationToken) =>
    [
        .. OfKeys(snapshot),
        .. snapshot is RingSnapshot shared ? OfSecret(shared) : [],
        .. await OfInstancesAsync(snapshot, cancellationToken).ConfigureAwait(false),
        .. server is null ? [] : await server.ExamineAsync(cancellationToken).ConfigureAwait(false),
    ];

    private IEnumerable<Finding> OfKeys(KeySnapshot snapshot)
    {
        if (IsClockOff(snapshot, settings.ClockSkew))
        {
            yield return Finding.Warning(
                ClockOffset,
                $"The clock of this machine is {Seconds(snapshot.ClockOffset)} s ahead of the Redis server's, and ClockSkew forgives {Seconds(settings.ClockSkew)} s between two services; set both by NTP.");
        }

        if (snapshot.IsDegraded)
        {
            yield return Finding.Warning(
                "degraded", "The Redis login may run neither scripts nor transactions, so only a part of the keys is shared and nothing can be revoked; give it the rights that 'rewt acl --role signer' prints.");
        }
    }

    private IEnumerable<Finding> OfSecret(RingSnapshot snapshot)
    {
        if (snapshot.Problem is { } problem) yield return Finding.Warning("unusable-secret", $"Nothing can be signed or verified: {problem} (key '{ring}:rewt-secret').");
        if (snapshot.Reading.Slot is { IsAbsent: false, IsWrongType: false, TimeToLive: null })
        {
            yield return Finding.Warning(
                "no-ttl", $"The key '{ring}:rewt-secret' has no TTL, so it would never rotate; start a service that may write, which puts it back, or EXPIRE the key.");
        }

        foreach (var (secret, name) in new[] { (snapshot.Current?.Secret, "current"), (snapshot.Next?.Secret, "pending") })
        {
            if (secret is not null && WeakSecrets.WeaknessOf(secret.Bytes) is { } weakness)
            {
                yield return Finding.Warning(
                    "weak-secret", $"The {name} secret (key {secret.KeyId}) {weakness}: whoever holds a token can guess it; run 'rewt keys revoke {secret.KeyId}' and let the fleet make a random one.");
            }
        }
    }

    private async Task<IEnumerable<Finding>> OfInstancesAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        // With key pairs, each instance has its own version, so versions cannot be compared.
        if (snapshot is not RingSnapshot || snapshot.Epoch is null) return [];
        var behind = await roll.WaitForAllAsync(snapshot, Patience, cancellationToken).ConfigureAwait(false);
        return behind.Select(instance => Finding.Warning(
            "instance-behind", $"The instance {instance} holds an older ring than version {snapshot.Version}; look at its log and its way to Redis, or restart it."));
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
