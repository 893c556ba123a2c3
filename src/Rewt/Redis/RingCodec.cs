using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Converts the ring of a shared secret (<see cref="RingState"/>) to and from the fields of a Redis hash. If the stored ring is unreadable, it counts
/// as absent, and a new ring is created with the existing secret.
/// </summary>
internal static class RingCodec
{
    public const string Settings = "settings";

    public const string By = "by";

    /// <summary>
    /// The name of the field that contains <see cref="RingReading.TenantStamp"/>. The field is not part of the ring, and is kept when the ring is
    /// written.
    /// </summary>
    public const string Tenants = "tenants";

    private const string Retention = "retention";

    private const string Retired = "retired:";

    private const string Born = "born:";

    public static IEnumerable<HashEntry> Write(RingState ring)
    {
        yield return new("epoch", ring.Epoch);
        yield return new("version", Text(ring.Version));
        yield return new("deadline", ring.Deadline.ToString());
        yield return new(Retention, Text((long)ring.Retention.TotalMilliseconds));
        if (ring.Current is { } current)
        {
            yield return new("current", current.CopyBytes());
            if (ring.CurrentBorn != StoreTime.Unknown) yield return new(Born + current.KeyId, ring.CurrentBorn.ToString());
        }

        if (ring.Next is { } next)
        {
            yield return new("next", next.CopyBytes());
            yield return new("born", ring.NextBorn.ToString());
        }

        foreach (var key in ring.Retired)
        {
            yield return new(Retired + key.Secret.KeyId, (byte[])[.. Encoding.ASCII.GetBytes($"{key.Until}:"), .. key.Secret.Bytes]);
            if (key.Born != StoreTime.Unknown) yield return new(Born + key.Secret.KeyId, key.Born.ToString());
        }
    }

    /// <summary>
    /// Returns the position at which the secret begins in the value of a field; <see langword="null"/> if the field contains no secret.
    /// </summary>
    public static int? SecretAt(string field, ReadOnlySpan<byte> value) => field is "current" or "next" ? 0
        : field.StartsWith(Retired, StringComparison.Ordinal) ? value.IndexOf((byte)':') + 1
        : null;

    public static RingState? Read(IReadOnlyDictionary<string, byte[]> fields)
    {
        if (Field("epoch") is not { Length: > 0 } epoch || Number("version") is not { } version || Time("deadline") is not { } deadline) return null;

        // A key may be stored in one place only; after a manual change, the first place counts.
        var places = new HashSet<KeyId>();
        var current = Key("current");
        var next = Key("next");
        var retired = ImmutableArray.CreateBuilder<RetiredKey>();
        foreach (var (name, value) in fields)
        {
            if (!name.StartsWith(Retired, StringComparison.Ordinal)) continue;
            if (ReadRetired(value) is { } key && places.Add(key.Secret.KeyId)) retired.Add(key with { Born = BornOf(key.Secret) });
        }

        return new RingState(
            epoch, version, current, deadline, next, next is null ? default : Time("born") ?? default,
            [.. retired.OrderBy(key => key.Until).ThenBy(key => key.Secret.KeyId.ToString(), StringComparer.Ordinal)])
        {
            CurrentBorn = current is null ? default : BornOf(current),
            Retention = Number(Retention) is { } retention ? TimeSpan.FromMilliseconds(retention) : default,
        };

        StoreTime BornOf(Secret secret) => Time(Born + secret.KeyId) ?? StoreTime.Unknown;

        string? Field(string name) => fields.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;

        long? Number(string name) =>
            long.TryParse(Field(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= StoreTime.Latest.Milliseconds ? number : null;

        StoreTime? Time(string name) => Number(name) is { } milliseconds ? new(milliseconds) : null;

        Secret? Key(string name) =>
            fields.TryGetValue(name, out var value) && Secret.TryParse(value, out _) is { } secret && places.Add(secret.KeyId) ? secret : null;
    }

    private static RetiredKey? ReadRetired(byte[] value)
    {
        var colon = value.AsSpan().IndexOf((byte)':');
        if (colon <= 0 || !long.TryParse(value.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var until) || until > StoreTime.Latest.Milliseconds) return null;
        return Secret.TryParse(value.AsSpan(colon + 1), out _) is { } secret ? new RetiredKey(secret, new(until)) : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
