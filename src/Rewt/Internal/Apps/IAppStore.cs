namespace Rewt.Internal;

/// <summary>Where apps are shared. A store decides nothing.</summary>
internal interface IAppStore : IAsyncDisposable, IDisposable
{
    /// <summary>Reads all apps, within the store's own time limit; gives <paramref name="known"/> back when nothing has changed since.</summary>
    Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken);

    /// <summary>Reads one app.</summary>
    Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken);

    /// <summary>Writes <paramref name="app"/> if the store still holds <paramref name="former"/> under its id, and tells the instances to look.</summary>
    /// <returns><see langword="false"/>: it holds something else and nothing was written.</returns>
    Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken);

    /// <summary>Writes when keys were last used (Unix milliseconds by key id).</summary>
    Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken);

    /// <summary>When keys were last used.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="look"/> when somebody has changed an app. Only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action look, CancellationToken cancellationToken);
}
