using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Access to the public keys of services with key pairs, for one command. It has no key pair of its own and publishes nothing.</summary>
internal sealed class PairSession : IAsyncDisposable
{
    private readonly RewtOptions _options;
    private readonly IPairStore _store;
    private readonly TimeProvider _time;
    private readonly PairKeys _keys;

    public PairSession(RewtOptions options, IPairStore store, TimeProvider time)
    {
        (_options, _store, _time) = (options, store, time);
        _keys = new PairKeys(options, store, time, NullLogger.Instance);
    }

    /// <summary>Returns the keys of all services with live instances, or <see langword="null"/> if there are no such services.</summary>
    public async Task<PairSnapshot?> LookAsync(CancellationToken cancellationToken)
    {
        var marks = await MarksAsync(cancellationToken);
        if (marks.Count == 0) return null;

        foreach (var service in marks.Select(mark => mark.Instance.Split('/')[0]).Distinct(StringComparer.Ordinal)) _keys.Ask(service);
        return (PairSnapshot?)await _keys.UpdateAsync(null, null, cancellationToken);
    }

    public async Task<PairSnapshot> RevokeAsync(PairSnapshot known, string keyId, CancellationToken cancellationToken) =>
        (PairSnapshot)(await _keys.UpdateAsync(known, KeyCommand.Revoke(keyId), cancellationToken))!;

    /// <returns>The live instances that have not refreshed since the change.</returns>
    public Task<IReadOnlyList<string>> WaitForAllAsync(PairSnapshot keys, TimeSpan timeout, CancellationToken cancellationToken) =>
        new InstanceTracker(_store.Instances, _options, _time).WaitForAllAsync(keys, timeout, cancellationToken);

    public ValueTask DisposeAsync() => _keys.DisposeAsync();

    /// <summary>Returns the live instances. A login that may only use shared secrets is denied this list, which counts as no instances.</summary>
    private async Task<IReadOnlyList<InstanceHeartbeat>> MarksAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _store.Instances!.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            return [];
        }
    }
}
