using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>A ring in Redis: one MULTI/EXEC reads everything, one script writes a plan, a message without content says "look".</summary>
internal sealed class RedisRingStore(RedisConnection connection, RewtOptions options, TimeProvider time) : IRingStore
{
    private static readonly string ApplyScript = EmbeddedScript.Read("apply.lua");

    private readonly RedisKeys _keys = new(options.Namespace);
    private readonly NodeWay _nodeWay = new(new RedisKeys(options.Namespace), time);
    private readonly LookChannel _look = new(connection, new RedisKeys(options.Namespace).Channel, time);

    public IInstanceBook Instances { get; } = new RedisInstanceBook(connection, new RedisKeys(options.Namespace).Instances, time);

    public IStoreDoctor Doctor { get; } = new RedisDoctor(connection, options, time);

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reading = await ReadOnceAsync(cancellationToken).ConfigureAwait(false);
            connection.Answered();
            _nodeWay.Forget();
            return reading;
        }
        catch (Exception exception) when (exception is TimeoutException or RedisConnectionException)
        {
            connection.Failed();
            throw;
        }
        catch (RedisServerException exception) when (IsDenied(exception))
        {
            connection.Answered();
            return await _nodeWay.ReadAsync(await connection.DatabaseAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken).ConfigureAwait(false);
        if (basis.IsDegraded) return await _nodeWay.TryApplyAsync(database, basis, plan, cancellationToken).ConfigureAwait(false);

        RedisKey[] keys = [_keys.Secret, _keys.Ring, _keys.Dead];
        var values = Arguments(basis, plan);
        try
        {
            return await EvaluateAsync().ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // The library believes that a flushed script is still loaded, and finds out by this error.
            return await EvaluateAsync().ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (IsDenied(exception))
        {
            var transaction = ConditionalWrite.Create(database, _keys, basis, plan, Fields(plan));
            var written = await transaction.ExecuteAsync(CommandFlags.DemandMaster).WithinAsync(TimeLimit.Command, time, cancellationToken).ConfigureAwait(false);
            if (written) database.PublishAsync(_look.Channel, "look").Abandon();
            return written;
        }

        async Task<bool> EvaluateAsync() => (long)await database.ScriptEvaluateAsync(ApplyScript, keys, values, CommandFlags.DemandMaster)
            .WithinAsync(TimeLimit.Command, time, cancellationToken).ConfigureAwait(false) == 1;
    }

    public Task SubscribeAsync(Action look, CancellationToken cancellationToken) => _look.SubscribeAsync(look, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _look.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<RingReading> ReadOnceAsync(CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken).ConfigureAwait(false);
        var transaction = database.CreateTransaction();
        var parts = ReadingParts.Request(transaction, _keys);
        try
        {
            var committed = await transaction.ExecuteAsync(CommandFlags.DemandMaster).WithinAsync(TimeLimit.Command, time, cancellationToken).ConfigureAwait(false);
            if (!committed) throw new InvalidOperationException("Redis turned a transaction down.");
            return await parts.ReadAsync(time, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("EXECABORT", StringComparison.Ordinal) && !IsDenied(exception))
        {
            // A server that is out of memory queues nothing, not even reads.
            return await ReadTwiceAsync(database, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Two looks without a transaction: where they agree, nothing has changed in between and the second is as good as an atomic one.</summary>
    private async Task<RingReading> ReadTwiceAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var first = await ReadingParts.Request(database, _keys).ReadAsync(time, cancellationToken).ConfigureAwait(false);
        var second = await ReadingParts.Request(database, _keys).ReadAsync(time, cancellationToken).ConfigureAwait(false);
        return first.Stamp == second.Stamp && (first.Slot.Value ?? []).AsSpan().SequenceEqual(second.Slot.Value)
            ? second
            : throw new InvalidOperationException("The ring changed while it was read without a transaction.");
    }

    /// <summary>The ring, and for whoever comes by with a command: by whom, and by which settings.</summary>
    private IEnumerable<RedisValue> Fields(RingPlan plan) =>
        RingCodec.Write(plan.Ring).Concat([RingCodec.Settings, FleetSettings.Of(options).ToString(), RingCodec.By, plan.By ?? string.Empty]);

    private RedisValue[] Arguments(RingReading basis, RingPlan plan)
    {
        RedisValue[] ring = [.. Fields(plan)];
        return
        [
            basis.Slot.IsAbsent ? "0" : "1",
            basis.Slot.Value ?? [],
            Encoding.Latin1.GetBytes(basis.Stamp),
            plan.SetSecret is null ? "0" : "1",
            plan.SetSecret?.CopyBytes() ?? [],
            plan.ExpireAt is { } at ? Text(at) : string.Empty,
            Text(basis.Now),
            _keys.Channel,
            Text(ring.Length),
            .. ring,
            .. plan.Dead.SelectMany(pair => new RedisValue[] { Text(pair.Value), pair.Key }),
        ];
    }

    public static bool IsDenied(RedisServerException exception) => exception.Message.Contains("NOPERM", StringComparison.Ordinal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
