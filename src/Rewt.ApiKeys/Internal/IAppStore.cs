namespace Rewt.Internal;

/// <summary>
/// Reads and writes the trusted apps of one namespace, and when their keys were last used. It has an implementation for Redis and one in memory; all
/// rules about apps and keys are in the callers.
/// </summary>
internal interface IAppStore : IAsyncDisposable, IDisposable
{
    /// <summary>Reads all apps, within the store's own time limit. Returns <paramref name="known"/> when nothing has changed since.</summary>
    Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken);

    Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken);

    /// <summary>Writes <paramref name="app"/> if the store still holds <paramref name="former"/> under its id, and notifies the instances.</summary>
    /// <returns><see langword="false"/> when the store holds another value and nothing was written.</returns>
    Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken);

    /// <summary>Writes the times at which keys were last used (Unix milliseconds by key id).</summary>
    Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken);

    /// <summary>Reads the times at which keys were last used (Unix milliseconds by key id).</summary>
    Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="onChange"/> after an app has changed. It is only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
