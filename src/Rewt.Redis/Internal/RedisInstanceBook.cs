using System.Globalization;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// One sorted set by the time an instance last looked, beside the ring. An entry is the instance and what it holds; whoever writes also
/// takes out what is too old, and a set that nobody writes expires.
/// </summary>
internal sealed class RedisInstanceBook(RedisConnection connection, RedisKey key, TimeProvider time) : IInstanceBook
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Twice what an instance of the longest name writes: a longer entry is none of ours, and would be in every answer that lists them.</summary>
    private const int LongestMember = 400;

    public Task AnnounceAsync(InstanceMark mark, InstanceMark? former, long forgetBefore, CancellationToken cancellationToken) =>
        connection.AskAsync(database => AnnounceAsync(database, mark, former, forgetBefore, cancellationToken), cancellationToken);

    public Task LeaveAsync(InstanceMark mark, CancellationToken cancellationToken) => connection.AskAsync(
        database => database.SortedSetRemoveAsync(key, Member(mark), CommandFlags.DemandMaster).WithinAsync(connection.CommandLimit, time, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<InstanceMark>> ReadAsync(CancellationToken cancellationToken) => connection.AskAsync<IReadOnlyList<InstanceMark>>(
        async database =>
        {
            var entries = await database.SortedSetRangeByRankWithScoresAsync(key, flags: CommandFlags.DemandMaster)
                .WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
            return [.. entries.Select(Read).OfType<InstanceMark>()];
        },
        cancellationToken);

    private async Task AnnounceAsync(IDatabase database, InstanceMark mark, InstanceMark? former, long forgetBefore, CancellationToken cancellationToken)
    {
        var written = database.SortedSetAddAsync(key, Member(mark), mark.SeenAt, CommandFlags.DemandMaster);
        if (former is { } old && Member(old) != Member(mark)) database.SortedSetRemoveAsync(key, Member(old), CommandFlags.DemandMaster).Abandon();
        database.SortedSetRemoveRangeByScoreAsync(key, double.NegativeInfinity, forgetBefore, flags: CommandFlags.DemandMaster).Abandon();
        database.KeyExpireAsync(key, Lifetime, CommandFlags.DemandMaster).Abandon();
        await written.WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
    }

    private static string Member(InstanceMark mark) => string.Create(CultureInfo.InvariantCulture, $"{mark.Instance}|{mark.Epoch}|{mark.Version}");

    private static InstanceMark? Read(SortedSetEntry entry) =>
        (string?)entry.Element is { Length: <= LongestMember } member
            && member.Split('|') is [var instance, var epoch, var text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? new InstanceMark(instance, epoch, version, (long)entry.Score)
                : null;
}
