using System.Globalization;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The store of live instances in Redis: a sorted set, scored by the time of their last announcement. A member is an instance with its ring version and
/// the names of its sealing keys. Every write also removes outdated members, and an unused set expires.
/// </summary>
internal sealed class RedisInstanceStore(RedisConnection connection, RedisKey key, TimeProvider time, SealingState? sealing = null) : IInstanceStore
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Twice the longest member that an instance writes. A longer member is foreign and is ignored, so that it does not appear in lists.</summary>
    private const int LongestMember = 400;

    /// <summary>The members that are read at most: the newest.</summary>
    public const int Maximum = 20_000;

    /// <summary>A member from further in the future than clocks differ is foreign.</summary>
    private static readonly TimeSpan LongestLead = TimeSpan.FromDays(1);

    public Task AnnounceAsync(InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken) =>
        connection.AskAsync(database => AnnounceAsync(database, heartbeat, former, forgetBefore, cancellationToken), cancellationToken);

    public Task LeaveAsync(InstanceHeartbeat heartbeat, CancellationToken cancellationToken) => connection.AskAsync(
        database => database.SortedSetRemoveAsync(key, Member(heartbeat), CommandFlags.DemandMaster).WithinAsync(connection.CommandLimit, time, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyList<InstanceHeartbeat>>(
        async database =>
        {
            var entries = await database.SortedSetRangeByRankWithScoresAsync(key, -Maximum, -1, flags: CommandFlags.DemandMaster)
                .WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
            var latest = (time.GetUtcNow() + LongestLead).ToUnixTimeMilliseconds();
            return [.. entries.Where(entry => entry.Score <= latest).Select(Read).OfType<InstanceHeartbeat>()];
        },
        cancellationToken);

    private async Task AnnounceAsync(IDatabase database, InstanceHeartbeat heartbeat, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken)
    {
        var written = database.SortedSetAddAsync(key, Member(heartbeat), heartbeat.SeenAt.Milliseconds, CommandFlags.DemandMaster);
        if (former is { } old && Member(old) != Member(heartbeat)) database.SortedSetRemoveAsync(key, Member(old), CommandFlags.DemandMaster).Abandon();
        database.SortedSetRemoveRangeByScoreAsync(key, double.NegativeInfinity, forgetBefore.Milliseconds, flags: CommandFlags.DemandMaster).Abandon();
        database.SortedSetRemoveRangeByScoreAsync(key, (heartbeat.SeenAt + LongestLead).Milliseconds, double.PositiveInfinity, flags: CommandFlags.DemandMaster).Abandon();
        database.KeyExpireAsync(key, Lifetime, CommandFlags.DemandMaster).Abandon();
        await written.WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
    }

    private string Member(InstanceHeartbeat heartbeat) =>
        string.Create(CultureInfo.InvariantCulture, $"{heartbeat.Instance}|{heartbeat.Epoch}|{heartbeat.Version}{(sealing is null ? "" : $"|{sealing}")}");

    private static InstanceHeartbeat? Read(SortedSetEntry entry) =>
        (string?)entry.Element is { Length: <= LongestMember } member
            && member.Split('|') is [var instance, var epoch, var text, .. var rest]
            && rest.Length <= 1
            // A name is printed in logs and on terminals, and every login may write one.
            && Names.IsPrintable(instance)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? new InstanceHeartbeat(instance, epoch, version, new((long)entry.Score)) { Sealing = rest is [var keys] ? SealingState.TryParse(keys) : null }
                : null;
}
