namespace Rewt.Tests.Ring;

/// <summary>One instance's way to the shared store: holds each plan to what must hold, lets others act before it is written, and fails when told to.</summary>
internal sealed class ObservedStore(IRingStore store, RingSchedule schedule) : IRingStore
{
    /// <summary>What others do between this instance's reading and its writing; done once.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>The next write happens and its answer is lost, or is refused.</summary>
    public WriteFault Fault { get; set; }

    /// <summary>The updater takes what is thrown at it for a refused write, so a broken rule is kept here.</summary>
    public ShouldAssertException? Broken { get; private set; }

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(cancellationToken);

    public async Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyAsync(basis, plan, cancellationToken);
        }
        catch (ShouldAssertException exception)
        {
            Broken ??= exception;
            throw;
        }
    }
    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<bool> ApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        ShouldBeSound(basis, plan);
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }

        var fault = Fault;
        Fault = WriteFault.None;
        if (fault == WriteFault.Refused) throw new InvalidOperationException("The store refuses to write.");

        var applied = await store.TryApplyAsync(basis, plan, cancellationToken);
        if (applied) await ShouldNotApplyTwiceAsync(basis, plan, cancellationToken);
        return fault == WriteFault.LostAnswer ? throw new TimeoutException("The answer was lost.") : applied;
    }

    private async Task ShouldNotApplyTwiceAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        var once = await store.ReadAsync(cancellationToken);
        (await store.TryApplyAsync(basis, plan, cancellationToken)).ShouldBeFalse();
        var twice = await store.ReadAsync(cancellationToken);
        twice.Ring.ShouldBeSameAs(once.Ring);
        twice.Revoked.ShouldBe(once.Revoked);
        twice.Slot.Value.ShouldBe(once.Slot.Value);
        twice.Slot.TimeToLive.ShouldBe(once.Slot.TimeToLive);
    }

    private void ShouldBeSound(RingReading basis, RingChange plan)
    {
        var ring = plan.Ring;
        var dead = basis.Revoked.Keys.Concat(plan.Revoked.Keys).ToHashSet(StringComparer.Ordinal);
        ring.Version.ShouldBe((basis.Ring?.Version ?? 0) + 1);
        ring.KeyIds().ShouldBeUnique();
        ring.KeyIds().Where(dead.Contains).ShouldBeEmpty("a dead key is in no place but among the dead");
        if (plan.Action == RingAction.Refuse)
        {
            ring.KeyIds().ShouldBeEmpty();
            return;
        }

        ring.Current.ShouldNotBeNull();
        ring.Next.ShouldNotBeNull();
        (plan.SetSecret?.CopyBytes() ?? basis.Slot.Value).ShouldBe(ring.Current.CopyBytes());
        if (plan.ExpireAt is { } expireAt) expireAt.ShouldBe(ring.Deadline);
        ShouldKeepEveryKey(basis, ring, dead);
    }

    /// <summary>Keys go from next to current to retired and stay there for the whole retention, or die.</summary>
    private void ShouldKeepEveryKey(RingReading basis, RingState ring, HashSet<string> dead)
    {
        if (basis.Ring is not { } former) return;

        var current = ring.Current!.KeyId;
        var retired = ring.Retired.ToDictionary(key => key.Secret.KeyId, key => key.Until, StringComparer.Ordinal);
        foreach (var keyId in former.KeyIds().Where(keyId => !dead.Contains(keyId) && keyId != current))
        {
            if (keyId == former.Current?.KeyId) retired[keyId].ShouldBe(basis.Now + schedule.Retention);
            else if (keyId == former.Next?.KeyId) ring.Next!.KeyId.ShouldBe(keyId);
            else if (former.Retired.First(key => key.Secret.KeyId == keyId).Until is var until && until > basis.Now) retired[keyId].ShouldBe(until);
        }
    }
}
