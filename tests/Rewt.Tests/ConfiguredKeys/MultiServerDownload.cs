namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Represents several key servers. A hanging server answers after <see cref="Resume"/>; until then its requests end only by cancellation.</summary>
internal sealed class MultiServerDownload : IKeyDownload
{
    private readonly ConcurrentDictionary<string, ScriptedDownload> _servers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _hanging = new(StringComparer.Ordinal);

    public ScriptedDownload this[string host] => _servers.GetOrAdd(host, _ => new ScriptedDownload());

    public void Hang(string host) => _hanging[host] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume(string host)
    {
        if (_hanging.TryRemove(host, out var hanging)) hanging.SetResult();
    }

    public async Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken)
    {
        if (_hanging.TryGetValue(address.Host, out var hanging)) await hanging.Task.WaitAsync(cancellationToken);
        return await this[address.Host].FetchAsync(address, entityTag, cancellationToken);
    }
}
