namespace Rewt.Internal;

/// <summary>
/// Reads and writes the trusted apps of one namespace, and the times at which their keys were last used. One implementation uses Redis, and another
/// implementation uses memory. The implementations contain no rules about apps and keys.
/// </summary>
internal interface IAppStore : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// Reads all apps. Returns <paramref name="known"/> if the store is unchanged since that read. The store limits the time of the read.
    /// </summary>
    Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken);

    Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces <paramref name="former"/> by <paramref name="app"/> and notifies the instances, if the store still contains <paramref name="former"/>
    /// under the id of the app.
    /// </summary>
    /// <returns><see langword="true"/> if the app was written; <see langword="false"/> if the store contained another value.</returns>
    Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken);

    /// <summary>Writes the times at which keys were last used, in Unix milliseconds by key id.</summary>
    Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken);

    /// <summary>Reads the times at which keys were last used, in Unix milliseconds by key id.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: the store calls <paramref name="onChange"/> after an app has changed. A notification can be repeated, delayed or
    /// missing, so the subscriber must not rely on it.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
