using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// One read of the ring of a shared secret from Redis, for <see cref="RedisRingStore"/>. All commands are sent at once, and the replies are converted
/// to a <see cref="RingReading"/>.
/// </summary>
internal sealed class RingReadCommands(
    RedisKey ringKey, Task<RedisValue> secret, Task<long> timeToLive, Task<HashEntry[]> ring, Task<(IReadOnlyDictionary<KeyId, StoreTime> KeyIds, StoreTime Until)> revocations, Task<RedisResult> now)
{
    /// <summary>The part of a message that tells an operator how to repair a key that contains too much data.</summary>
    public const string Repair = "delete it with DEL, and the instances write it again";

    /// <summary>The reply of PTTL for a key that does not exist.</summary>
    private const long NoKey = -2;

    /// <summary>The reply of PTTL for a key that does not expire.</summary>
    private const long NoExpiry = -1;

    /// <summary>Sends the commands that read the whole ring.</summary>
    public static RingReadCommands Request(IDatabaseAsync database, RedisKeys keys) => Request(
        database,
        keys,
        LongAsync(database.ExecuteAsync("PTTL", [keys.Secret], CommandFlags.DemandMaster)),
        RevokedKeyIds.ReadOrNameAsync(keys.Revoked, RevokedKeyIds.RequestAsync(database, keys.Revoked), keyId => keyId.IsOfSecret, Repair));

    /// <summary>
    /// Sends the commands that read the ring without the revoked keys, because the revoked keys change only together with the ring. The TTL is read with
    /// KeyTimeToLiveAsync of the client library, because ExecuteAsync would cause an additional SELECT command. KeyTimeToLiveAsync returns the same value
    /// for an absent secret and for an empty secret without a TTL, so the result does not distinguish these two cases.
    /// </summary>
    public static RingReadCommands RequestChanges(IDatabaseAsync database, RedisKeys keys, RingReading last) =>
        Request(database, keys, LongAsync(database.KeyTimeToLiveAsync(keys.Secret, CommandFlags.DemandMaster)), Task.FromResult((last.Revoked, last.RevokedUntil)));

    private static RingReadCommands Request(IDatabaseAsync database, RedisKeys keys, Task<long> timeToLive, Task<(IReadOnlyDictionary<KeyId, StoreTime> KeyIds, StoreTime Until)> revocations)
    {
        var parts = new RingReadCommands(
            keys.Ring,
            // Limited, so that a reading is small whatever the value.
            database.StringGetRangeAsync(keys.Secret, 0, SecretSlot.MaximumBytes, CommandFlags.DemandMaster),
            timeToLive,
            database.HashGetAllAsync(keys.Ring, CommandFlags.DemandMaster),
            revocations,
            RequestTime(database));
        foreach (var part in parts.All()) part.Abandon();
        return parts;
    }

    public async Task<RingReading> ReadAsync(SecretSeal seal, RedisConnection connection, CancellationToken cancellationToken)
    {
        await All().UntilAnsweredAsync(connection, cancellationToken).ConfigureAwait(false);

        var fields = await FieldsAsync(ringKey, ring).ConfigureAwait(false);
        var hash = HashOf(fields);
        var ((revoked, revokedUntil), storeNow) = (await revocations.ConfigureAwait(false), TimeOf(await now.ConfigureAwait(false)));
        var (slot, problem) = await OpenAsync().ConfigureAwait(false);
        return new RingReading(slot, problem is null ? RingCodec.Read(fields) : null, revoked, storeNow)
        {
            Problem = problem,
            RevokedUntil = revokedUntil,
            Stamp = Stamp(fields.GetValueOrDefault("epoch"), fields.GetValueOrDefault("version")),
            FieldCount = fields.Count,
            ContentHash = hash,
            Settings = FleetSettings.TryParse(Text(RingCodec.Settings)),
            ChangedBy = Text(RingCodec.By),
            TenantStamp = Text(RingCodec.Tenants),
        };

        string? Text(string name) => fields.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;

        async Task<(SecretSlot Slot, SealProblem? Problem)> OpenAsync()
        {
            try
            {
                return await seal.OpenAsync(await SlotAsync(secret, timeToLive).ConfigureAwait(false), fields, cancellationToken).ConfigureAwait(false);
            }
            catch (SecretProtectorException exception)
            {
                (exception.Revoked, exception.TenantStamp) = (revoked, Text(RingCodec.Tenants));
                throw;
            }
        }
    }

    /// <summary>
    /// Returns the stamp of a ring, which consists of its epoch and version. The bytes are converted with Latin-1, which represents any bytes, so
    /// that a ring with invalid text can be identified and replaced.
    /// </summary>
    public static string Stamp(byte[]? epoch, byte[]? version) => $"{Encoding.Latin1.GetString(epoch ?? [])}|{Encoding.Latin1.GetString(version ?? [])}";

    private static string HashOf(Dictionary<string, byte[]> fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name.Length}:{value.Length}:{name}")));
            hash.AppendData(value);
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    public static async Task<long> LongAsync(Task<RedisResult> reply) => (long)await reply.ConfigureAwait(false);

    public static async Task<SecretSlot> SlotAsync(Task<RedisValue> secret, Task<long> timeToLive)
    {
        try
        {
            var value = (byte[]?)await secret.ConfigureAwait(false);
            var milliseconds = await timeToLive.ConfigureAwait(false);
            return milliseconds == NoKey ? SecretSlot.Absent : new SecretSlot(value ?? [], false, milliseconds == NoExpiry ? null : milliseconds);
        }
        catch (RedisServerException exception) when (CommandRefusal.IsWrongType(exception))
        {
            return SecretSlot.WrongType;
        }
    }

    private static async Task<Dictionary<string, byte[]>> FieldsAsync(RedisKey key, Task<HashEntry[]> ring)
    {
        try
        {
            return EntryLimit.Fields(key, await ring.ConfigureAwait(false), Repair);
        }
        catch (RedisServerException exception) when (CommandRefusal.IsWrongType(exception))
        {
            return [];
        }
    }

    private static async Task<long> LongAsync(Task<TimeSpan?> timeToLive) =>
        await timeToLive.ConfigureAwait(false) is { } time ? (long)time.TotalMilliseconds : NoExpiry;

    private Task[] All() => [secret, timeToLive, ring, revocations, now];

    public static Task<RedisResult> RequestTime(IDatabaseAsync database) => database.ExecuteAsync("TIME", [], CommandFlags.DemandMaster);

    public static StoreTime TimeOf(RedisResult time)
    {
        var parts = (RedisValue[])time!;
        return new(((long)parts[0] * 1000) + ((long)parts[1] / 1000));
    }
}
