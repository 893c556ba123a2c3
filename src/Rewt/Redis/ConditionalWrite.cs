using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Writes a <see cref="RingChange"/> in a transaction with conditions (WATCH, MULTI, EXEC), for a Redis user that may not run scripts. Nothing is
/// written if the key ring has changed since it was read. The script <c>apply.lua</c> has the same effect.
/// </summary>
internal static class ConditionalWrite
{
    public static void Fill(ITransaction transaction, RedisKeys keys, RingReading basis, RingChange plan, StoredChange stored)
    {
        transaction.AddCondition(basis.Slot switch
        {
            { IsAbsent: true } => Condition.KeyNotExists(keys.Secret),
            // The value is too long to be read completely, so it cannot be compared. The change for such a value writes only the ring.
            { Stored.Length: > SecretSlot.MaximumBytes } => Condition.KeyExists(keys.Secret),
            { Stored: var value } => Condition.StringEqual(keys.Secret, value),
        });
        var stamp = basis.Stamp.Split('|');
        transaction.AddCondition(Field("epoch", stamp[0]));
        transaction.AddCondition(Field("version", stamp[^1]));
        // The stamp of the tenants can change while the version stays the same.
        transaction.AddCondition(Field(RingCodec.Tenants, basis.TenantStamp ?? string.Empty));

        if (stored.Secret is { } secret) transaction.StringSetAsync(keys.Secret, secret, expiry: null, keepTtl: true).Abandon();
        if (stored.ExpireAt is { } at) transaction.ExecuteAsync("PEXPIREAT", keys.Secret, at.ToString()).Abandon();
        // By its name: the client library would send UNLINK, which is not among the documented permissions.
        transaction.ExecuteAsync("DEL", keys.Ring).Abandon();
        transaction.HashSetAsync(keys.Ring, stored.Fields).Abandon();
        if (basis.TenantStamp is { } tenants) transaction.HashSetAsync(keys.Ring, RingCodec.Tenants, tenants).Abandon();
        transaction.SortedSetRemoveRangeByScoreAsync(keys.Revoked, double.NegativeInfinity, basis.Now.Milliseconds).Abandon();
        foreach (var (keyId, forgetAt) in plan.Revoked) transaction.SortedSetAddAsync(keys.Revoked, keyId.ToString(), forgetAt.Milliseconds).Abandon();

        Condition Field(string name, string value) =>
            // The number of fields shows that a field is absent, because HEXISTS is not among the documented permissions.
            value.Length == 0 ? Condition.HashLengthEqual(keys.Ring, basis.FieldCount) : Condition.HashEqual(keys.Ring, name, Encoding.Latin1.GetBytes(value));
    }
}
