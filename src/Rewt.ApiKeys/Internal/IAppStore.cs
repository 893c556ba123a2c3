namespace Rewt.Internal;

/// <summary>
/// Reads and writes the trusted apps of one namespace, and the times at which their keys were last used. One implementation uses Redis, and another
/// implementation uses memory. The implementations only store apps. The rules for changes, such as the maximum number of live keys, are in
/// <see cref="RewtApps"/>.
/// </summary>
internal interface IAppStore : IAsyncDisposable, IDisposable
{
    /// <summary>Applies the time limits of a start until a read succeeds, for at most 15 s, because the process was paused.</summary>
    void OnResumed()
    {
    }

    /// <summary>
    /// Reads all apps. If the store is unchanged since the read that returned <paramref name="known"/>, the method returns <paramref name="known"/>.
    /// The implementation limits the duration of the read, so the caller needs no time limit.
    /// </summary>
    Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken);

    Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken);

    /// <summary>
    /// If the store still contains <paramref name="former"/> under the id of the app, the method replaces <paramref name="former"/> by
    /// <paramref name="app"/>, removes the last uses of keys that the app no longer has, and notifies the instances. Otherwise, the method writes
    /// nothing.
    /// </summary>
    /// <returns><see langword="true"/> if the app was written; <see langword="false"/> if the store contained another value.</returns>
    Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the times at which keys were last used, in Unix milliseconds by key id. A time that is earlier than the stored time is not written.
    /// </summary>
    Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken);

    /// <summary>Reads the times at which the given keys were last used, in Unix milliseconds by key id.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(IEnumerable<string> keyIds, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: the store calls <paramref name="onChange"/> after an app has changed. A notification can be repeated, delayed or
    /// missing, so the subscriber must not rely on it.
    /// </summary>
    Task SubscribeAsync(Action onChange, CancellationToken cancellationToken);
}
