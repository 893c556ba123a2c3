using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>A key ring in Redis. One MULTI/EXEC reads the whole ring, one script writes a plan, and a message notifies the other instances.</summary>
internal sealed class RedisRingStore(RedisConnection connection, RedisKeys keys, HintChannel hint, TimeProvider time) : IRingStore
{
    private static readonly RedisScript ApplyScript = new("apply");
    private static readonly RedisValue[] StampFields = ["epoch", "version"];

    /// <summary>How often the revoked keys are read even if the ring's version has not changed, in case they were changed by hand.</summary>
    private static readonly TimeSpan WholeReadInterval = TimeSpan.FromSeconds(30);

    private readonly SecretOnlyMode _nodeWay = new(connection, keys, time);
    private readonly EntryLimit _entries = new(connection, time);
    private RingReading? _last;
    private long _lastWholeRead;
    private bool _isWholeReadDue;

    /// <summary>Opens the ring of a namespace.</summary>
    public RedisRingStore(RedisConnection connection, RewtOptions options, TimeProvider time)
        : this(connection, new RedisKeys(options.Namespace), new HintChannel(connection, new RedisKeys(options.Namespace).Channel, "look", time), time) =>
        (Instances, Doctor, Options) = (new RedisInstanceStore(connection, new RedisKeys(options.Namespace).Instances, time), new RedisDoctor(connection, options, time), options);

    /// <summary>The store of live instances; <see langword="null"/> where revocations do not wait for them.</summary>
    public IInstanceStore? Instances { get; init; }

    public IStoreDoctor? Doctor { get; init; }

    /// <summary>The settings to store with the ring; <see langword="null"/> to store none.</summary>
    public RewtOptions? Options { get; init; }

    /// <summary>Whether the connection is shared and must not be disposed here.</summary>
    public bool IsShared { get; init; }

    /// <summary>How long the companion keys are kept after the deadline; <see langword="null"/> for no expiry.</summary>
    public TimeSpan? Afterlife { get; init; }

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reading = await connection.AskAsync(database => ReadConfirmedAsync(database, cancellationToken), cancellationToken).ConfigureAwait(false);
            _entries.Ended(null);
            _nodeWay.Forget();
            if (!reading.Slot.IsAbsent) connection.Started();
            return reading;
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            return await connection.AskAsync(database => _nodeWay.ReadAsync(database, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _entries.Ended(exception);
            // The server may have failed over to one that lost a write.
            Volatile.Write(ref _isWholeReadDue, true);
            throw;
        }
    }

    public async Task<bool> IsUnchangedAsync(RingReading known, CancellationToken cancellationToken)
    {
        if (known.Slot.IsAbsent || known.Slot.IsWrongType) return false;

        try
        {
            return await connection.AskAsync(database => IsUnchangedAsync(database, known, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            return false;
        }
    }

    public async Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.AskAsync(database => TryApplyAsync(database, basis, plan, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The next read requests everything, so that it finds the cause.
            Volatile.Write(ref _isWholeReadDue, true);
            throw;
        }
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => hint.SubscribeAsync(
        _ =>
        {
            Volatile.Write(ref _isWholeReadDue, true);
            onChange();
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await hint.DisposeAsync().ConfigureAwait(false);
        if (!IsShared) await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<bool> IsUnchangedAsync(IDatabase database, RingReading known, CancellationToken cancellationToken)
    {
        // The order matters: every change of the ring changes its version, so if the stamp is unchanged, the secret read before it is unchanged too.
        var secret = database.StringGetRangeAsync(keys.Secret, 0, Secret.MaximumBytes, CommandFlags.DemandMaster);
        var stamp = database.HashGetAsync(keys.Ring, StampFields, CommandFlags.DemandMaster);
        foreach (var part in new Task[] { secret, stamp }) part.Abandon();
        await Task.WhenAll(secret, stamp).WithinAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
        var (value, parts) = ((byte[]?)await secret.ConfigureAwait(false), await stamp.ConfigureAwait(false));
        return (value ?? []).AsSpan().SequenceEqual(known.Slot.Value) && known.Stamp == ReadingParts.Stamp(parts[0], parts[1]);
    }

    private async Task<bool> TryApplyAsync(IDatabase database, RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
        if (basis.IsDegraded) return await _nodeWay.TryApplyAsync(database, basis, plan, cancellationToken).ConfigureAwait(false);

        RedisKey[] names = [keys.Secret, keys.Ring, keys.Revoked];
        try
        {
            var applied = (long)await ApplyScript.EvaluateAsync(database, names, Arguments(basis, plan), connection.CommandLimit, time, cancellationToken).ConfigureAwait(false) == 1;
            if (applied) hint.PublishToPrefix(database);
            return applied;
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            var written = await connection.TryTransactAsync(
                database,
                keys.Secret,
                transaction => ConditionalWrite.Fill(transaction, keys, basis, plan, Fields(plan), AfterlifeEnd(basis, plan)),
                cancellationToken).ConfigureAwait(false);
            if (written) hint.Publish(database);
            return written;
        }
    }

    private async Task<RingReading> ReadConfirmedAsync(IDatabase database, CancellationToken cancellationToken)
    {
        await _entries.CheckAsync(database, keys.Ring, ReadingParts.Repair, cancellationToken).ConfigureAwait(false);
        var last = _last;
        if (last is not null && !Volatile.Read(ref _isWholeReadDue) && time.GetElapsedTime(_lastWholeRead) < WholeReadInterval)
        {
            var reading = await ReadAtomicallyAsync(database, transaction => ReadingParts.RequestChanges(transaction, keys, last.Revoked), cancellationToken).ConfigureAwait(false);
            if (reading.ContentHash == last.ContentHash && reading.Slot.Value is { Length: > 0 }) return reading;
        }

        Volatile.Write(ref _isWholeReadDue, false);
        var whole = await ReadWholeAsync(database, cancellationToken).ConfigureAwait(false);
        if (last?.Ring is { } known && (whole.Ring is not { } ring || ring.Epoch != known.Epoch || ring.Version < known.Version))
        {
            // A ring with a lower version or a new epoch may come from a server that wrongly reports itself as primary.
            await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
            whole = await ReadWholeAsync(database, cancellationToken).ConfigureAwait(false);
        }

        (_last, _lastWholeRead) = (whole.Ring is null ? null : whole, time.GetTimestamp());
        return whole;
    }

    private Task<RingReading> ReadWholeAsync(IDatabase database, CancellationToken cancellationToken) =>
        ReadAtomicallyAsync(database, transaction => ReadingParts.Request(transaction, keys), cancellationToken);

    private async Task<RingReading> ReadAtomicallyAsync(IDatabase database, Func<IDatabaseAsync, ReadingParts> request, CancellationToken cancellationToken)
    {
        ReadingParts parts = null!;
        try
        {
            await connection.TransactAsync(database, keys.Secret, transaction => parts = request(transaction), cancellationToken).ConfigureAwait(false);
            return await parts.ReadAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("EXECABORT", StringComparison.Ordinal) && !CommandRefusal.Is(exception))
        {
            // A server that is out of memory rejects even reads in a transaction.
            return await ReadTwiceAsync(database, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Reads twice without a transaction. If both readings agree, the ring did not change in between, so the second is as good as an atomic one.
    /// </summary>
    private async Task<RingReading> ReadTwiceAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var first = await ReadingParts.Request(database, keys).ReadAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
        var second = await ReadingParts.Request(database, keys).ReadAsync(connection.CommandLimit, time, cancellationToken).ConfigureAwait(false);
        return first.Stamp == second.Stamp && (first.Slot.Value ?? []).AsSpan().SequenceEqual(second.Slot.Value)
            ? second
            : throw new InvalidOperationException("The ring changed while it was read without a transaction.");
    }

    /// <summary>The fields of the ring, with the writer's name and settings for command-line tools.</summary>
    private RedisValue[] Fields(RingChange plan)
    {
        if (plan.IsDeletion) return [];
        RedisValue[] settings = Options is null ? [] : [RingCodec.Settings, FleetSettings.Of(Options).ToString()];
        return [.. RingCodec.Write(plan.Ring), .. settings, RingCodec.By, plan.By ?? string.Empty];
    }

    private RedisValue[] Arguments(RingReading basis, RingChange plan)
    {
        var ring = Fields(plan);
        return
        [
            basis.Slot.IsAbsent ? "0" : "1",
            basis.Slot.Value ?? [],
            Encoding.Latin1.GetBytes(basis.Stamp),
            plan.IsDeletion ? "-1" : plan.SetSecret is null ? "0" : "1",
            plan.SetSecret?.CopyBytes() ?? [],
            plan.ExpireAt is { } at ? Text(at) : string.Empty,
            Text(basis.Now),
            hint.Channel,
            hint.Message,
            AfterlifeEnd(basis, plan) is { } end ? Text(end) : string.Empty,
            Text(ring.Length),
            .. ring,
            .. plan.Revoked.SelectMany(pair => new RedisValue[] { Text(pair.Value), pair.Key }),
        ];
    }

    private long? AfterlifeEnd(RingReading basis, RingChange plan) =>
        Afterlife is { } afterlife ? Math.Max(plan.Ring.Deadline, basis.Now) + (long)afterlife.TotalMilliseconds : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
