namespace Rewt.Internal;

/// <summary>Where a ring is shared. A store never decides: it reads everything at once and writes a plan if nothing has changed since.</summary>
internal interface IRingStore : IAsyncDisposable
{
    /// <summary>The book of live instances, where there is one.</summary>
    IInstanceBook? Instances => null;

    /// <summary>Who looks the server over, where there is one.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>Reads the ring in one atomic step, within the store's own time limit.</summary>
    Task<RingReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Whether the secret and the ring are still as <paramref name="known"/> saw them, at less cost than reading; <see langword="false"/> where it does not know.</summary>
    Task<bool> IsUnchangedAsync(RingReading known, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Carries out <paramref name="plan"/> if the secret and the ring are still as <paramref name="basis"/> saw them, and tells the others to look.</summary>
    /// <returns><see langword="false"/>: something changed meanwhile and nothing was written.</returns>
    Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="look"/> when another instance has changed the ring. Only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action look, CancellationToken cancellationToken);
}
