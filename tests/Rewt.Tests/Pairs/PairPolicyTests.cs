using System.Collections.Immutable;

namespace Rewt.Tests.Pairs;

/// <summary>Tests the policy for the key pairs of one process with fixed times of the store.</summary>
public sealed class PairPolicyTests
{
    private static readonly StoreTime Now = new(1_767_225_600_000);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly RewtOptions Options = new() { KeyMode = KeyMode.KeyPair, ServiceName = "orders", RotationInterval = TimeSpan.FromHours(1) };
    private static readonly PairSchedule Schedule = PairSchedule.From(Options);

    [Fact]
    public void The_first_change_creates_a_current_and_a_pending_key()
    {
        var (own, plan) = Decide(LocalKeyPairs.None, ServiceReading.Empty, Now);

        plan!.Action.ShouldBe(PairAction.Create);
        plan.Entries.Keys.ShouldBe([own.Current!.KeyId.ToString(), own.Next!.KeyId.ToString()], ignoreOrder: true);
        own.Deadline.ShouldBe(Now + Schedule.Interval);
        plan.KeysUntil.ShouldBe(Now + Schedule.Lease);
        plan.RememberUntil.ShouldBe(Now + Schedule.RevocationRetention);
        plan.Now.ShouldBe(Now);
        own.WrittenAt.ShouldBe(Now);
    }

    [Fact]
    public void An_unchanged_ring_is_not_written_before_the_next_heartbeat()
    {
        var (own, ring) = Settled();

        Decide(own, ring, Now + Second).Plan.ShouldBeNull();
        var (renewed, plan) = Decide(own, ring, Now + Schedule.Heartbeat);
        plan!.IsNews.ShouldBeFalse();
        plan.KeysUntil.ShouldBe(Now + Schedule.Heartbeat + Schedule.Lease);
        renewed.Current.ShouldBe(own.Current);
    }

    [Fact]
    public void A_rotation_at_the_deadline_retires_the_current_key_for_the_retention_time()
    {
        var (own, ring) = Settled();

        Decide(own, ring, own.Deadline - TimeSpan.FromMilliseconds(1)).Plan!.Action.ShouldBe(PairAction.Renew);
        var (rotated, plan) = Decide(own, ring, own.Deadline);
        plan!.Action.ShouldBe(PairAction.Rotate);
        rotated.Current.ShouldBe(own.Next);
        rotated.Next!.KeyId.ShouldNotBeOneOf(own.Current!.KeyId, own.Next!.KeyId);
        rotated.Retired.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(own.Current, own.Deadline + Schedule.Retention));
        plan.Entries.Count.ShouldBe(3);

        var after = Reading(plan, ring, "epoch");
        var end = own.Deadline + Schedule.Retention;
        var (ended, last) = Decide(rotated with { Epoch = "epoch" }, after, end);
        ended.Retired.ShouldBeEmpty();
        last!.Removed.ShouldContain(own.Current.KeyId.ToString());
        last.Revoked.ShouldBeEmpty();
    }

    [Fact]
    public void Published_keys_sign_until_they_end_while_the_certificate_is_invalid()
    {
        var (own, ring) = Settled();

        Decide(own, ring, Now + Second, mayGenerate: false).Plan.ShouldBeNull();
        var (rotated, plan) = Decide(own, ring, own.Deadline, mayGenerate: false);
        (rotated.Current, rotated.Next).ShouldBe((own.Next, null));
        ring = Reading(plan!, ring, "epoch");
        Decide(rotated, ring, own.Deadline + Second, mayGenerate: false).Plan.ShouldBeNull();

        var (ended, last) = Decide(rotated, ring, rotated.Deadline, mayGenerate: false);
        (ended.Current, ended.Next).ShouldBe((null, null));
        last!.Entries.Keys.ShouldContain(own.Next!.KeyId.ToString(), "its last tokens still verify");
        ring = Reading(last, ring, "epoch");
        Decide(ended, ring, rotated.Deadline + Second, mayGenerate: false).Plan.ShouldBeNull();
        Decide(LocalKeyPairs.None, ServiceReading.Empty, Now, mayGenerate: false).ShouldBe((LocalKeyPairs.None, null));

        var (renewed, create) = Decide(ended, ring, rotated.Deadline + (2 * Second));
        create!.Action.ShouldBe(PairAction.Create);
        renewed.Current!.KeyId.ShouldNotBe(own.Next.KeyId);
    }

    [Fact]
    public void The_same_keys_are_published_again_after_the_store_lost_all_data()
    {
        var (own, _) = Settled();

        var (same, plan) = Decide(own, ServiceReading.Empty, Now + Second);

        plan!.Action.ShouldBe(PairAction.Republish);
        (same.Current, same.Next).ShouldBe((own.Current, own.Next));
        plan.Revoked.ShouldBeEmpty();
        // Another instance has already created a new ring, which never contained these keys.
        var (again, _) = Decide(own, ServiceReading.Empty with { Epoch = "another" }, Now + Second);
        again.Current.ShouldBe(own.Current);
    }

    [Fact]
    public void A_key_that_is_missing_from_an_existing_ring_is_revoked_and_replaced()
    {
        var (own, ring) = Settled();
        var without = ring with { Entries = ring.Entries.Where(entry => entry.Key != own.Current!.KeyId.ToString()).ToDictionary() };

        var (replaced, plan) = Decide(own, without, Now + Second);

        plan!.Action.ShouldBe(PairAction.Replace);
        plan.Revoked.Keys.ShouldBe([own.Current!.KeyId]);
        plan.Entries.Keys.ShouldNotContain(own.Current.KeyId.ToString());
        replaced.Current.ShouldBe(own.Next);
        Decide(own, ring with { Entries = new Dictionary<string, byte[]>() }, Now + Second).Plan!.Revoked.Count.ShouldBe(2);
    }

    [Fact]
    public void A_current_key_that_an_operator_revokes_is_replaced_and_recorded_as_revoked()
    {
        var (own, ring) = Settled();
        var keyId = own.Current!.KeyId;

        var (replaced, plan) = Decide(own, ring, Now + Second, revoked: new() { [keyId] = Now + TimeSpan.FromDays(10) });

        replaced.Current.ShouldBe(own.Next);
        plan!.Revoked.Keys.ShouldBe([keyId]);
        plan.Removed.ShouldContain(keyId.ToString());
    }

    [Fact]
    public void The_keys_of_other_instances_are_removed_only_after_their_lease_ends()
    {
        var (own, ring) = Settled();
        var (_, sibling) = Decide(LocalKeyPairs.None, ServiceReading.Empty, Now + (50 * Second));
        var both = ring with { Entries = ring.Entries.Concat(sibling!.Entries).ToDictionary() };

        var beforeLeaseEnds = Decide(own, both, Now + Schedule.Heartbeat).Plan!;
        beforeLeaseEnds.Removed.ShouldBeEmpty();
        beforeLeaseEnds.KeysUntil.ShouldBeGreaterThanOrEqualTo(Now + (50 * Second) + Schedule.Lease);
        Decide(own, both, Now + (50 * Second) + Schedule.Lease).Plan!.Removed.ShouldBe(sibling.Entries.Keys, ignoreOrder: true);
    }

    [Fact]
    public void A_rotation_requested_by_an_operator_does_not_wait_for_the_deadline()
    {
        var (own, ring) = Settled();

        var (rotated, plan) = Decide(own, ring, Now + Second, rotate: true);

        plan!.Action.ShouldBe(PairAction.Rotate);
        rotated.Current.ShouldBe(own.Next);
        rotated.Deadline.ShouldBe(Now + Second + Schedule.Interval);
        rotated.Retired.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(own.Current!, Now + Second + Schedule.Retention));
    }

    [Fact]
    public void Two_rotations_in_quick_succession_retire_two_keys_with_separate_end_times()
    {
        var (own, ring) = Settled();
        var (once, first) = Decide(own, ring, Now + Second, rotate: true);
        var reading = Reading(first!, ring, "epoch");
        var (twice, second) = Decide(once, reading, Now + (2 * Second), rotate: true);
        twice.Retired.Select(key => key.Key).ShouldBe([own.Current!, once.Current!]);

        var (later, _) = Decide(twice, Reading(second!, reading, "epoch"), Now + Second + Schedule.Retention);

        later.Retired.ShouldHaveSingleItem().Key.ShouldBe(once.Current);
    }

    [Fact]
    public void A_revoked_pending_key_is_replaced_and_the_current_key_signs_until_its_deadline()
    {
        var (own, ring) = Settled();
        var keyId = own.Next!.KeyId;

        var (replaced, plan) = Decide(own, ring, Now + Second, revoked: new() { [keyId] = Now + TimeSpan.FromDays(10) });

        plan!.Action.ShouldBe(PairAction.Replace);
        (replaced.Current, replaced.Deadline).ShouldBe((own.Current, own.Deadline));
        replaced.Next!.KeyId.ShouldNotBeOneOf(own.Current!.KeyId, keyId);
        replaced.Retired.ShouldBeEmpty();
        plan.Revoked.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(keyId, Now + TimeSpan.FromDays(10)));
    }

    [Fact]
    public void A_revoked_retired_key_is_removed_from_the_retired_keys()
    {
        var (own, ring) = Settled();
        var (rotated, plan) = Decide(own, ring, Now + Second, rotate: true);
        var keyId = own.Current!.KeyId;

        var (decided, next) = Decide(rotated, Reading(plan!, ring, "epoch"), Now + (2 * Second), revoked: new() { [keyId] = Now + TimeSpan.FromDays(10) });

        next!.Action.ShouldBe(PairAction.MergeRevocations);
        decided.Retired.ShouldBeEmpty();
        decided.Current.ShouldBe(rotated.Current);
        next.Removed.ShouldBe([keyId.ToString()]);
    }

    [Fact]
    public void A_revoked_key_of_another_service_changes_nothing_in_this_ring()
    {
        var (own, ring) = Settled();

        Decide(own, ring, Now + Second, revoked: new() { [KeyId.Parse("a key of billing")] = Now + TimeSpan.FromDays(10) }).Plan.ShouldBeNull();
    }

    [Fact]
    public void A_deleted_key_is_recorded_as_revoked_for_the_retention_of_revocations()
    {
        var (own, ring) = Settled();
        var without = ring with { Entries = ring.Entries.Where(entry => entry.Key != own.Next!.KeyId.ToString()).ToDictionary() };

        var (decided, plan) = Decide(own, without, Now + Second);

        plan!.Revoked.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(own.Next!.KeyId, Now + Second + Schedule.RevocationRetention));
        (decided.Current, decided.Epoch, decided.WrittenAt).ShouldBe((own.Current, "epoch", Now + Second));
    }

    [Fact]
    public void Times_that_were_set_while_the_clock_of_the_store_was_ahead_are_corrected()
    {
        var (own, ring) = Settled();
        var (rotated, plan) = Decide(own, ring, Now + Second, rotate: true);
        var before = Now - TimeSpan.FromDays(365);

        var (corrected, renewal) = Decide(rotated, Reading(plan!, ring, "epoch"), before);

        renewal!.Action.ShouldBe(PairAction.Renew);
        (corrected.Current, corrected.Deadline, corrected.WrittenAt).ShouldBe((rotated.Current, before + Schedule.Interval, before));
        corrected.Retired.ShouldHaveSingleItem().Value.ShouldBe(before + Schedule.Retention);
        Decide(corrected, Reading(renewal, ring, "epoch"), corrected.Deadline).Plan!.Action.ShouldBe(PairAction.Rotate);
    }

    /// <summary>Returns a process whose first keys are published and have been read back.</summary>
    private static (LocalKeyPairs Own, ServiceReading Ring) Settled()
    {
        var (own, plan) = Decide(LocalKeyPairs.None, ServiceReading.Empty, Now);
        var ring = Reading(plan!, ServiceReading.Empty, "epoch");
        var (seen, noPlan) = Decide(own, ring, Now.Next);
        noPlan.ShouldBeNull();
        seen.Epoch.ShouldBe("epoch");
        return (seen, ring);
    }

    private static ServiceReading Reading(PairChange plan, ServiceReading before, string epoch) => new(
        epoch,
        before.Entries.Where(entry => !plan.Removed.Contains(entry.Key) && !plan.Entries.ContainsKey(entry.Key)).Concat(plan.Entries).ToDictionary(),
        before.Revoked.Concat(plan.Revoked).ToDictionary());

    private static (LocalKeyPairs Keys, PairChange? Plan) Decide(LocalKeyPairs own, ServiceReading ring, StoreTime now, Dictionary<KeyId, StoreTime>? revoked = null, bool rotate = false, bool mayGenerate = true)
    {
        var memory = new PairMemory();
        var revocations = revoked?.ToImmutableDictionary() ?? ImmutableDictionary<KeyId, StoreTime>.Empty;
        memory.Learn(new PairReading(now, revocations, new Dictionary<string, ServiceReading> { ["orders"] = ring }));
        var keys = IssuerKeys.Read(new("rewt", "orders"), ring, memory, now, null, null, default, new CheckBudget());
        return PairPolicy.Decide(own, ring, keys, now, Schedule, rotate, mayGenerate ? () => LocalKeyPair.Generate(Options) : null);
    }
}
