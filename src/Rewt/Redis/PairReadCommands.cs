using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// One read of published public keys from Redis, for <see cref="RedisPairStore"/>. All commands are sent at once, and the replies are converted to a
/// <see cref="PairReading"/>.
/// </summary>
internal sealed class PairReadCommands(PairRedisKeys keys, string[] names, Task<RedisValue[]> epochs, Task<SortedSetEntry[]> revocations, Task<RedisResult> now, ServiceReadCommands[] services)
{
    /// <param name="database">The database or the transaction that receives the commands.</param>
    /// <param name="keys">The names of the Redis keys.</param>
    /// <param name="services">The services whose public keys are read.</param>
    /// <param name="asked">The services for which only the existence of published keys is checked.</param>
    /// <param name="isOneByOne">Whether a separate command is sent for each key. Separate commands are necessary in a cluster that is migrating the
    /// slot, because such a cluster rejects commands with several keys.</param>
    public static PairReadCommands Request(
        IDatabaseAsync database, PairRedisKeys keys, IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, bool isOneByOne = false)
    {
        string[] names = [.. services.Union(asked, StringComparer.Ordinal)];
        // The first command: without a transaction, the data may be read later, but not earlier.
        var now = RingReadCommands.RequestTime(database);
        var parts = new PairReadCommands(
            keys,
            names,
            // One command reads all of them, so that a forged issuer costs only a few bytes. Unlike GET, MGET returns nothing for a key of another type.
            isOneByOne
                ? OneByOneAsync(names.Select(name => database.StringGetAsync([keys.EpochOf(name)], CommandFlags.DemandMaster)))
                : database.StringGetAsync([.. names.Select(keys.EpochOf)], CommandFlags.DemandMaster),
            RevokedKeyIds.RequestAsync(database, keys.Revoked),
            now,
            [.. services.Select(service => ServiceReadCommands.Request(database, keys, service))]);
        foreach (var part in parts.All()) part.Abandon();
        return parts;
    }

    public Task AnsweredAsync(RedisConnection connection, CancellationToken cancellationToken) => All().UntilAnsweredAsync(connection, cancellationToken);

    public async Task<PairReading> ReadAsync()
    {
        var epochOf = await EpochsAsync().ConfigureAwait(false);
        var rings = new Dictionary<string, ServiceReading>(StringComparer.Ordinal);
        foreach (var service in services) rings[service.Service] = await service.ReadAsync(epochOf.GetValueOrDefault(service.Service)).ConfigureAwait(false);
        foreach (var (service, problem) in await OversizedEpochsAsync().ConfigureAwait(false)) rings[service] = ServiceReading.Empty with { Problem = problem };
        return new PairReading(RingReadCommands.TimeOf(await now.ConfigureAwait(false)), (await RevokedKeyIds.ReadOrNameAsync(keys.Revoked, revocations, keyId => keyId.IsOfKeyPair, ServiceReadCommands.Repair).ConfigureAwait(false)).KeyIds, rings);
    }

    /// <summary>Returns the services of <paramref name="asked"/> that have published keys.</summary>
    public async Task<IReadOnlyCollection<string>> FoundAsync(IReadOnlyCollection<string> asked)
    {
        var epochOf = await EpochsAsync().ConfigureAwait(false);
        return [.. asked.Where(issuer => epochOf.ContainsKey(issuer) && !Array.Exists(services, service => service.Service == issuer))];
    }

    private static async Task<RedisValue[]> OneByOneAsync(IEnumerable<Task<RedisValue[]>> values) => [.. (await Task.WhenAll(values).ConfigureAwait(false)).Select(value => value[0])];

    private async Task<Dictionary<string, string>> EpochsAsync()
    {
        var values = await epochs.ConfigureAwait(false);
        return names.Zip(values, KeyValuePair.Create).Where(pair => !pair.Value.IsNull && !EntryLimit.IsTooLong(pair.Value)).ToDictionary(pair => pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal);
    }

    /// <summary>Returns the services whose epoch is too long, each with the description of the fault for an operator.</summary>
    private async Task<IEnumerable<(string Service, string Problem)>> OversizedEpochsAsync() => names.Zip(await epochs.ConfigureAwait(false))
        .Where(pair => EntryLimit.IsTooLong(pair.Second))
        .Select(pair => (pair.First, $"{EntryLimit.TooLong(keys.EpochOf(pair.First))}; {ServiceReadCommands.Repair}"));

    private Task[] All() => [epochs, revocations, now, .. services.SelectMany(service => service.All())];
}
