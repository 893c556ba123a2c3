using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// Examines one key ring for problems of its setup, for the <see cref="DoctorService"/> and the command <c>rewt doctor</c>. The examination includes
/// the keys and the clock of the last read, the versions that the live instances have loaded, and the Redis server. The result is a
/// <see cref="DoctorReport"/>.
/// </summary>
internal sealed class RingExamination(string @namespace, FleetSettings settings, IStoreDoctor? server, InstanceTracker tracker)
{
    /// <summary>
    /// The maximum number of instances that get a finding of their own. Without a limit, a Redis user that may write the list of instances could fill
    /// the log.
    /// </summary>
    private const int MostInstances = 10;

    public const string ClockOffset = "clock-offset";

    /// <summary>
    /// Returns whether the clock of this machine differs from the clock of Redis by more than half of the permitted skew. Only half is permitted,
    /// because the clock of another service can differ in the opposite direction.
    /// </summary>
    public static bool IsClockOff(KeySnapshot snapshot, TimeSpan skew) => snapshot.IsClockOff(skew / 2);

    /// <summary>
    /// The time to wait until the instances have loaded a change. An instance polls the change within one refresh interval, and writes the new
    /// version into the list within another refresh interval.
    /// </summary>
    private TimeSpan Patience => settings.RefreshInterval * 2;

    public async Task<DoctorReport> RunAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        var behind = await OfInstancesAsync(snapshot, cancellationToken).ConfigureAwait(false);
        var store = server is null ? null : await server.ExamineAsync(cancellationToken).ConfigureAwait(false);
        return new DoctorReport(@namespace, [.. OfKeys(snapshot), .. snapshot is RingSnapshot shared ? OfSecret(shared) : [], .. behind, .. store?.Findings ?? []], store?.Connection);
    }

    private IEnumerable<Finding> OfKeys(KeySnapshot snapshot)
    {
        if (IsClockOff(snapshot, settings.ClockSkew))
        {
            yield return Finding.Warning(
                ClockOffset,
                $"The clock of this machine differs by {Seconds(snapshot.ClockOffset)} s from the clock of the Redis server, and ClockSkew allows {Seconds(settings.ClockSkew)} s between two services; synchronize both clocks with NTP.");
        }

        if (snapshot.IsDegraded)
        {
            yield return Finding.Warning(
                "degraded", $"The Redis login may run neither scripts nor transactions, so services share only the secret, and no key can be rotated or revoked; give the login the permissions that '{RightsCommand.OfSharedSecret(@namespace)}' prints.");
        }
    }

    private IEnumerable<Finding> OfSecret(RingSnapshot snapshot)
    {
        if (snapshot.Problem is { } problem) yield return Finding.Warning("unusable-secret", $"No token can be signed or verified, because the key '{@namespace}:rewt-secret' cannot be used: {problem}.");
        if (snapshot.Reading.Slot is { IsAbsent: false, IsWrongType: false, TimeToLive: null })
        {
            yield return Finding.Warning(
                "no-ttl", $"The key '{@namespace}:rewt-secret' has no TTL, so the secret never rotates; start a service that may write, which restores the TTL, or set one with EXPIRE.");
        }

        foreach (var (secret, name) in new[] { (snapshot.Current?.Secret, "current"), (snapshot.Next?.Secret, "pending") })
        {
            if (secret is not null && WeakSecrets.WeaknessOf(secret.Bytes) is { } weakness)
            {
                yield return Finding.Warning(
                    "weak-secret", $"The {name} secret (key {secret.KeyId}) {weakness}, so it can be guessed from a token; run 'rewt keys revoke {secret.KeyId}', and the services create a random secret.");
            }
        }
    }

    private async Task<IEnumerable<Finding>> OfInstancesAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!snapshot.HasSharedVersion || snapshot.Epoch is null) return [];
        var behind = await tracker.WaitForAllAsync(snapshot, Patience, cancellationToken).ConfigureAwait(false);
        var more = behind.Count > MostInstances ? $" {behind.Count - MostInstances} more instances are behind." : "";
        return behind.Take(MostInstances).Select(instance => Finding.Warning(
            "instance-behind", $"The instance {instance} has a key ring older than version {snapshot.Version}; check its log and its connection to Redis, or restart it.{more}"));
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
