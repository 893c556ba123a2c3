using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The store of the key ring of a shared secret in Redis. One transaction (MULTI/EXEC) reads the whole key ring, one script writes a change, and a
/// push message notifies the other instances. For a Redis user that may run neither transactions nor scripts, the store uses simpler commands.
/// </summary>
internal sealed class RedisRingStore(RedisConnection connection, RewtOptions options, SecretSeal seal, TimeProvider time) : IRingStore
{
    private static readonly RedisScript ApplyScript = new(typeof(RedisRingStore).Assembly, "apply");

    /// <summary>
    /// The interval at which the revoked keys are read, even if the version of the key ring has not changed. A manual change of the revoked keys does
    /// not change the version.
    /// </summary>
    private static readonly TimeSpan WholeReadInterval = TimeSpan.FromSeconds(30);

    private readonly RedisKeys _keys = new(options.Namespace);
    private readonly HintChannel _hint = new(connection, new RedisKeys(options.Namespace).Channel);
    private readonly SecretOnlyMode _secretOnly = new(connection, new RedisKeys(options.Namespace), seal, time);
    private readonly EntryLimit _entries = new(connection);
    private RingReading? _last;
    private long _lastWholeRead;
    private bool _isWholeReadDue;

    public IInstanceStore Instances { get; } = new RedisInstanceStore(connection, new RedisKeys(options.Namespace).Instances, seal.State);

    public IStoreDoctor Doctor => field ??= new RedisDoctor(connection, options, seal, Instances);

    public ITenantStore Tenants => field ??= new RedisTenantStore(connection, _keys, _hint);

    public void OnResumed() => connection.OnResumed();

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reading = await _entries.RecordAsync(() => connection.AskAsync(database => ReadConfirmedAsync(database, cancellationToken), cancellationToken)).ConfigureAwait(false);
            _secretOnly.Forget();
            if (!reading.Slot.IsAbsent) connection.Started();
            return reading;
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            return await connection.AskAsync(database => _secretOnly.ReadAsync(database, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The server may have failed over to one that lost a write.
            Volatile.Write(ref _isWholeReadDue, true);
            throw;
        }
    }

    public async Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await seal.SealAsync(basis, plan, Fields(plan), cancellationToken).ConfigureAwait(false);
            return await connection.AskAsync(database => TryApplyAsync(database, basis, plan, stored, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The next read requests everything, so that it finds the cause.
            Volatile.Write(ref _isWholeReadDue, true);
            throw;
        }
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => _hint.SubscribeAsync(
        () =>
        {
            Volatile.Write(ref _isWholeReadDue, true);
            onChange();
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _hint.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<bool> TryApplyAsync(IDatabase database, RingReading basis, RingChange plan, StoredChange stored, CancellationToken cancellationToken)
    {
        await connection.ConfirmPrimaryAsync(database, cancellationToken).ConfigureAwait(false);
        if (basis.IsDegraded) return await _secretOnly.TryApplyAsync(database, basis, plan, stored, cancellationToken).ConfigureAwait(false);

        RedisKey[] names = [_keys.Secret, _keys.Ring, _keys.Revoked];
        try
        {
            var applied = (long)await ApplyScript.EvaluateAsync(database, names, Arguments(basis, plan, stored), connection.CommandLimit, time, cancellationToken).ConfigureAwait(false) == 1;
            if (applied) await _hint.PublishToPrefixAsync(database).ConfigureAwait(false);
            return applied;
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            var written = await connection.TryTransactAsync(
                database,
                _keys.Secret,
                transaction => ConditionalWrite.Fill(transaction, _keys, basis, plan, stored),
                connection.CommandLimit,
                cancellationToken).ConfigureAwait(false);
            if (written) await _hint.PublishAsync(database).ConfigureAwait(false);
            return written;
        }
    }

    private async Task<RingReading> ReadConfirmedAsync(IDatabase database, CancellationToken cancellationToken)
    {
        await _entries.CheckAsync(database, [_keys.Ring], [_keys.Revoked], RingReadCommands.Repair, cancellationToken).ConfigureAwait(false);
        var last = _last;
        if (last is not null && !Volatile.Read(ref _isWholeReadDue) && time.GetElapsedTime(_lastWholeRead) < WholeReadInterval)
        {
            var reading = await ReadAtomicallyAsync(database, transaction => RingReadCommands.RequestChanges(transaction, _keys, last), cancellationToken).ConfigureAwait(false);
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
        ReadAtomicallyAsync(database, transaction => RingReadCommands.Request(transaction, _keys), cancellationToken);

    private async Task<RingReading> ReadAtomicallyAsync(IDatabase database, Func<IDatabaseAsync, RingReadCommands> request, CancellationToken cancellationToken)
    {
        RingReadCommands parts = null!;
        try
        {
            await connection.TransactAsync(database, _keys.Secret, transaction => parts = request(transaction), cancellationToken).ConfigureAwait(false);
            return await parts.ReadAsync(seal, connection, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (CommandRefusal.IsAborted(exception) && !CommandRefusal.Is(exception))
        {
            // A server that is out of memory rejects even reads in a transaction.
            return await ReadTwiceAsync(database, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Reads the key ring twice without a transaction. If both readings are equal, the key ring did not change in between, and the second reading is
    /// consistent.
    /// </summary>
    private async Task<RingReading> ReadTwiceAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var first = await RingReadCommands.Request(database, _keys).ReadAsync(seal, connection, cancellationToken).ConfigureAwait(false);
        var second = await RingReadCommands.Request(database, _keys).ReadAsync(seal, connection, cancellationToken).ConfigureAwait(false);
        return first.Stamp == second.Stamp && (first.Slot.Stored ?? []).AsSpan().SequenceEqual(second.Slot.Stored)
            ? second
            : throw new InvalidOperationException("The ring changed while it was read without a transaction.");
    }

    /// <summary>Returns the fields that a change writes. The fields include the writer's name and, for the command-line tool, its settings.</summary>
    private HashEntry[] Fields(RingChange plan) =>
        [.. RingCodec.Write(plan.Ring), new(RingCodec.Settings, FleetSettings.Of(options).ToString()), new(RingCodec.By, plan.By ?? string.Empty)];

    private RedisValue[] Arguments(RingReading basis, RingChange plan, StoredChange stored) =>
    [
        basis.Slot.IsAbsent ? "0" : "1",
        basis.Slot.Stored ?? [],
        Encoding.Latin1.GetBytes(basis.Stamp),
        stored.Secret is null ? "0" : "1",
        stored.Secret ?? [],
        stored.ExpireAt?.ToString() ?? string.Empty,
        basis.Now.ToString(),
        _hint.Channel,
        HintChannel.Message,
        (2 * stored.Fields.Length).ToString(CultureInfo.InvariantCulture),
        .. stored.Fields.SelectMany(field => new[] { field.Name, field.Value }),
        .. plan.Revoked.SelectMany(pair => new RedisValue[] { pair.Value.ToString(), pair.Key.ToString() }),
    ];
}
