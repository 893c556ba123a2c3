namespace Rewt.Tests.Ring;

/// <summary>Represents the connection of one instance to the shared store: validates each plan, runs other actions before a write, and simulates write faults.</summary>
internal sealed class ObservedStore(IRingStore store, RingSchedule schedule) : IRingStore
{
    /// <summary>Gets or sets a callback that runs once between the next read and write of this instance.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>Gets or sets the fault of the next write.</summary>
    public WriteFault Fault { get; set; }

    /// <summary>Gets the first violated rule. It is kept because the updater treats an exception as a refused write.</summary>
    public ShouldAssertException? Violation { get; private set; }

    public Task<RingReading> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(cancellationToken);

    public async Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyAsync(basis, plan, cancellationToken);
        }
        catch (ShouldAssertException exception)
        {
            Violation ??= exception;
            throw;
        }
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<bool> ApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        ShouldBeConsistent(basis, plan);
        if (BeforeWrite is { } beforeWrite)
        {
            BeforeWrite = null;
            await beforeWrite();
        }

        var fault = Fault;
        Fault = WriteFault.None;
        if (fault == WriteFault.Refused) throw new InvalidOperationException("The store refuses to write.");

        var applied = await store.TryApplyAsync(basis, plan, cancellationToken);
        if (applied) await ShouldNotApplyTwiceAsync(basis, plan, cancellationToken);
        return fault == WriteFault.LostReply ? throw new TimeoutException("The reply was lost.") : applied;
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

    private void ShouldBeConsistent(RingReading basis, RingChange plan)
    {
        var ring = plan.Ring;
        var revoked = basis.Revoked.Keys.Concat(plan.Revoked.Keys).ToHashSet();
        ring.Version.ShouldBe((basis.Ring?.Version ?? 0) + 1);
        ring.KeyIds().ShouldBeUnique();
        ring.KeyIds().Where(revoked.Contains).ShouldBeEmpty("a revoked key has no place in the ring");
        if (plan.Action == RingAction.Refuse)
        {
            ring.KeyIds().ShouldBeEmpty();
            return;
        }

        ring.Current.ShouldNotBeNull();
        ring.Next.ShouldNotBeNull();
        (plan.SetSecret?.CopyBytes() ?? basis.Slot.Value).ShouldBe(ring.Current.CopyBytes());
        if (plan.ExpireAt is { } expireAt) expireAt.ShouldBe(ring.Deadline);
        ShouldKeepKeys(basis, ring, revoked);
    }

    /// <summary>Asserts that a key moves from pending to current to retired and stays retired for its retention, unless it is revoked.</summary>
    private void ShouldKeepKeys(RingReading basis, RingState ring, HashSet<KeyId> revoked)
    {
        if (basis.Ring is not { } former) return;

        var current = ring.Current!.KeyId;
        var retired = ring.Retired.ToDictionary(key => key.Secret.KeyId, key => key.Until);
        foreach (var keyId in former.KeyIds().Where(keyId => !revoked.Contains(keyId) && keyId != current))
        {
            if (keyId == former.Current?.KeyId) retired[keyId].ShouldBe(basis.Now + schedule.Retention);
            else if (keyId == former.Next?.KeyId) ring.Next!.KeyId.ShouldBe(keyId);
            else if (former.Retired.First(key => key.Secret.KeyId == keyId).Until is var until && until > basis.Now) retired[keyId].ShouldBe(until);
        }
    }
}
