using System.Collections.Immutable;

namespace Rewt.Tests.Ring;

/// <summary>Creates rings and readings with an hourly rotation and with keys that are derived from a name.</summary>
internal static class Rings
{
    public static readonly StoreTime Now = new(1_767_225_600_000);

    public const long Interval = 3_600_000;

    public const long Lead = 2_000;

    public static readonly RingSchedule Schedule = RingSchedule.From(new RewtOptions { RotationInterval = TimeSpan.FromHours(1) });

    public static readonly ImmutableDictionary<KeyId, StoreTime> NoRevocations = ImmutableDictionary<KeyId, StoreTime>.Empty;

    /// <summary>Returns the time that is the given number of milliseconds after <see cref="Now"/>.</summary>
    public static StoreTime In(long milliseconds) => new(Now.Milliseconds + milliseconds);

    public static byte[] Value(string name) => Encoding.UTF8.GetBytes($"the secret of the tests that is named {name}");

    public static Secret Secret(string name) => Rewt.Internal.Secret.TryParse(Value(name), out _)!;

    public static KeyId KeyId(string name) => Secret(name).KeyId;

    /// <summary>Creates a valid ring with the keys "current", "next" and "retired", by default half an hour before its deadline.</summary>
    public static RingState Ring(long deadlineIn = Interval / 2) => new(
        "epoch", 7, Secret("current"), In(deadlineIn), Secret("next"), In(-1_000_000), [new RetiredKey(Secret("retired"), In(100_000))])
    { Retention = Schedule.Retention };

    public static SecretSlot Slot(string name, long? timeToLive) => new(Value(name), false, timeToLive);

    public static RingReading Read(SecretSlot slot, RingState? ring, params string[] revoked) => new(slot, ring, Revocations(revoked), Now);

    public static ImmutableDictionary<KeyId, StoreTime> Revocations(params string[] names) =>
        names.ToImmutableDictionary(KeyId, _ => In(1_000_000_000));

    public static RotationDecision Decide(RingReading reading, params string[] knownRevoked) =>
        RotationPolicy.Decide(reading, Schedule, Revocations(knownRevoked), Fresh());

    /// <summary>Returns a generator of the secrets "fresh-1", "fresh-2" and so on.</summary>
    public static Func<Secret> Fresh()
    {
        var count = 0;
        return () => Secret($"fresh-{++count}");
    }

    /// <param name="plan">The plan.</param>
    /// <param name="action">The expected action.</param>
    /// <param name="secret">The secret that the plan sets, or null if it sets none.</param>
    /// <param name="expireIn">The TTL that the plan sets, or null if it sets none.</param>
    public static void ShouldBe(this RingChange plan, RingAction action, string? secret = null, long? expireIn = null)
    {
        plan.Action.ShouldBe(action);
        plan.SetSecret.ShouldBe(secret is null ? null : Secret(secret));
        plan.ExpireAt.ShouldBe(expireIn is { } time ? In(time) : null);
    }

    public static void ShouldContainKeys(this RingState ring, string? current, string? next, params string[] retired)
    {
        ring.Current.ShouldBe(current is null ? null : Secret(current));
        ring.Next.ShouldBe(next is null ? null : Secret(next));
        ring.Retired.Select(key => key.Secret).ShouldBe(retired.Select(Secret));
    }

    public static void ShouldRevoke(this RingChange plan, params string[] names)
    {
        plan.Revoked.Keys.ShouldBe(names.Select(KeyId), ignoreOrder: true);
        plan.Revoked.Values.Where(forgetAt => forgetAt <= Now).ShouldBeEmpty();
    }

    /// <summary>Replaces the content of a store with an earlier reading, as a failover to a lagging replica does.</summary>
    public static async Task RestoreAsync(InMemoryRingStore store, RingReading former)
    {
        store.Flush();
        if (former.Slot.Value is { } value)
        {
            store.Set(value, former.Slot.TimeToLive is { } left ? TimeSpan.FromMilliseconds(left) : null);
        }

        if (former.Ring is null) return;
        var plan = new RingChange(RingAction.Tidy, former.Ring, null, null, former.Revoked.ToImmutableDictionary());
        var basis = await store.ReadAsync(CancellationToken.None);
        (await store.TryApplyAsync(basis, plan, CancellationToken.None)).ShouldBeTrue();
    }
}
