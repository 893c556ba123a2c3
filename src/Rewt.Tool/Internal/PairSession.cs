using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Reads and revokes the key pairs of all services of a namespace, for one command of the tool. The tool has no key pair of its own and publishes
/// none.
/// </summary>
internal sealed class PairSession : IAsyncDisposable
{
    private readonly RewtOptions _options;
    private readonly IPairStore _store;
    private readonly TimeProvider _time;
    private readonly KeyPairSource _keys;

    public PairSession(RewtOptions options, IPairStore store, TimeProvider time)
    {
        (_options, _store, _time) = (options, store, time);
        _keys = new KeyPairSource(options, store, time, NullLogger.Instance, maximumAsked: int.MaxValue); // One operator asks, for all services at once.
    }

    /// <summary>
    /// Returns the keys of all services that have live instances or published keys; <see langword="null"/> if there are no such services.
    /// </summary>
    public async Task<PairSnapshot?> ReadAsync(CancellationToken cancellationToken) =>
        await ServicesAsync(cancellationToken) is { Count: > 0 } services ? await ReadAsync(services, cancellationToken) : null;

    /// <summary>Returns a snapshot without services. With this snapshot, the tool can revoke a key that was not read.</summary>
    public Task<PairSnapshot> EmptyAsync(CancellationToken cancellationToken) => ReadAsync([], cancellationToken);

    public async Task<PairSnapshot> RevokeAsync(PairSnapshot known, KeyId keyId, CancellationToken cancellationToken) =>
        (PairSnapshot)(await _keys.UpdateAsync(known, KeyCommand.Revoke(keyId), cancellationToken))!;

    /// <returns>The live instances that have not read the published keys since <paramref name="keys"/> was read.</returns>
    public Task<IReadOnlyList<string>> WaitForAllAsync(PairSnapshot keys, TimeSpan timeout, CancellationToken cancellationToken) =>
        Tracker.WaitForAllAsync(keys, timeout, cancellationToken);

    /// <summary>Examines the server with the published keys, for <c>rewt doctor</c>.</summary>
    public Task<DoctorReport> ExamineAsync(PairSnapshot keys, CancellationToken cancellationToken)
    {
        // The doctor examines the Redis keys and permissions of this kind of keys.
        _options.KeyMode = KeyMode.KeyPair;
        return new RingExamination(_options.Namespace, FleetSettings.Of(_options), _store.Doctor, Tracker).RunAsync(keys, cancellationToken);
    }

    public ValueTask DisposeAsync() => _keys.DisposeAsync();

    /// <summary>
    /// The tracker of the instances. Every instance in the list counts as live, because the tool does not know how often the services renew their
    /// entries. Running instances remove the entries of stopped instances.
    /// </summary>
    private InstanceTracker Tracker => new(_store.Instances, _options, _time, aliveFor: RedisInstanceStore.Lifetime);

    private async Task<PairSnapshot> ReadAsync(IEnumerable<string> services, CancellationToken cancellationToken)
    {
        foreach (var service in services) _keys.RequestKeysOf(service);
        return (PairSnapshot)(await _keys.UpdateAsync(null, null, cancellationToken))!;
    }

    private async Task<IReadOnlyCollection<string>> ServicesAsync(CancellationToken cancellationToken)
    {
        var live = await PermittedAsync(async () => (await _store.Instances!.ReadAsync(cancellationToken)).Select(heartbeat => heartbeat.Service));
        // Published keys outlive their instances, and a stolen key must be revoked then too.
        var published = await PermittedAsync(async () => await _store.ListAsync(cancellationToken));
        return [.. live.Union(published, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Returns a list from Redis. The list is empty if the Redis user lacks the permission to read it: a user with permissions for shared secrets
    /// only cannot read the lists of services.
    /// </summary>
    private static async Task<IEnumerable<string>> PermittedAsync(Func<Task<IEnumerable<string>>> list)
    {
        try
        {
            return await list();
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            return [];
        }
    }
}
