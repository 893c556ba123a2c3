using System.Globalization;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The list of live instances in Redis. Each instance regularly writes an entry with the version of the key ring that it has loaded, and the names of
/// its sealing keys. The list is a sorted set, ordered by last write time. Every write removes outdated entries.
/// </summary>
internal sealed class RedisInstanceStore(RedisConnection connection, RedisKey key, SealingState? sealing = null) : IInstanceStore
{
    /// <summary>The time after which the list expires if no instance writes an entry.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// The length of the longest entry that is read, which is twice the length of the longest entry that an instance writes. A longer entry was
    /// written by another program and is ignored.
    /// </summary>
    private const int LongestMember = 400;

    /// <summary>The maximum number of entries that are read. The newest entries are read first.</summary>
    public const int Maximum = 20_000;

    /// <summary>
    /// The longest time by which the time of an entry may be later than the current time. Clocks do not differ by more than this, so an entry with a later
    /// time was written by another program.
    /// </summary>
    private static readonly TimeSpan LongestLead = TimeSpan.FromDays(1);

    private readonly EntryLimit _entries = new(connection);

    public Task AnnounceAsync(InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken) =>
        connection.AskAsync(database => AnnounceAsync(database, heartbeat, former, forgetBefore, cancellationToken), cancellationToken);

    public Task LeaveAsync(InstanceHeartbeat heartbeat, CancellationToken cancellationToken) => connection.AskAsync(
        database => database.SortedSetRemoveAsync(key, Member(heartbeat), CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _entries.RecordAsync(() => connection.AskAsync(database => ReadAsync(database, cancellationToken), cancellationToken)).ConfigureAwait(false);
        }
        catch (OversizedKeyException exception)
        {
            StoreFailure.Explained(exception);
            throw;
        }
    }

    private async Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(IDatabase database, CancellationToken cancellationToken)
    {
        await _entries.CheckAsync(database, [], [key], RingReadCommands.Repair, cancellationToken).ConfigureAwait(false);
        var found = database.SortedSetRangeByRankWithScoresAsync(key, -Maximum, -1, flags: CommandFlags.DemandMaster);
        var asked = RingReadCommands.RequestTime(database);
        asked.Abandon();
        var entries = await CommandRefusal.OfSortedSetAsync(key, found, RingReadCommands.Repair).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
        EntryLimit.CheckBytes(key, entries.Sum(entry => EntryLimit.Length(entry.Element)), RingReadCommands.Repair);
        var now = RingReadCommands.TimeOf(await asked.WithinAsync(connection, cancellationToken).ConfigureAwait(false));
        return [.. entries.Where(entry => entry.Score >= 0 && entry.Score <= (now + LongestLead).Milliseconds).Select(entry => Read(entry, now)).OfType<InstanceHeartbeat>()];
    }

    private async Task AnnounceAsync(IDatabase database, InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken)
    {
        var written = database.SortedSetAddAsync(key, Member(heartbeat), heartbeat.SeenAt.Milliseconds, CommandFlags.DemandMaster);
        if (former is { } old && Member(old) != Member(heartbeat)) database.SortedSetRemoveAsync(key, Member(old), CommandFlags.DemandMaster).Abandon();
        database.SortedSetRemoveRangeByScoreAsync(key, double.NegativeInfinity, forgetBefore.Milliseconds, flags: CommandFlags.DemandMaster).Abandon();
        database.SortedSetRemoveRangeByScoreAsync(key, (heartbeat.SeenAt + LongestLead).Milliseconds, double.PositiveInfinity, flags: CommandFlags.DemandMaster).Abandon();
        database.KeyExpireAsync(key, Lifetime, CommandFlags.DemandMaster).Abandon();
        await written.WithinAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private string Member(InstanceHeartbeat heartbeat) =>
        string.Create(CultureInfo.InvariantCulture, $"{heartbeat.Instance}|{heartbeat.Epoch}|{heartbeat.Version}{(sealing is null ? "" : $"|{sealing}")}");

    /// <summary>
    /// Parses an entry. A time later than <paramref name="now"/> is replaced by <paramref name="now"/>, so that it does not make the entries of other
    /// instances seem outdated.
    /// </summary>
    private static InstanceHeartbeat? Read(SortedSetEntry entry, StoreTime now) =>
        (string?)entry.Element is { Length: <= LongestMember } member
            && member.Split('|') is [var instance, var epoch, var text, .. var rest]
            && rest.Length <= 1
            // A name is printed in logs and on terminals, and every login may write one.
            && Names.IsPrintable(instance)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? new InstanceHeartbeat(instance, epoch, version, StoreTime.Min(new((long)entry.Score), now)) { Sealing = rest is [var keys] ? SealingState.TryParse(keys) : null }
                : null;
}
