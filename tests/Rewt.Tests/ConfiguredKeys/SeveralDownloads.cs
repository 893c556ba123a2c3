namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Several key servers. One that hangs answers when the test says so, or when the request is cancelled.</summary>
internal sealed class SeveralDownloads : IKeyDownload
{
    private readonly ConcurrentDictionary<string, ScriptedDownload> _servers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _hanging = new(StringComparer.Ordinal);

    public ScriptedDownload this[string host] => _servers.GetOrAdd(host, _ => new ScriptedDownload());

    public void Hang(string host) => _hanging[host] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn(string host)
    {
        if (_hanging.TryRemove(host, out var hanging)) hanging.SetResult();
    }

    public async Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken)
    {
        if (_hanging.TryGetValue(address.Host, out var hanging)) await hanging.Task.WaitAsync(cancellationToken);
        return await this[address.Host].FetchAsync(address, entityTag, cancellationToken);
    }
}
