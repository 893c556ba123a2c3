using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Rewt.Tests.Infrastructure;

/// <summary>Commands that an operator runs on a Redis server, applied to the in-memory stores. The product never runs them, so the stores have no such methods.</summary>
internal static class StoreCommands
{
    /// <summary>SET, which removes the TTL unless one is given.</summary>
    public static void Set(this InMemoryRingStore store, byte[] value, TimeSpan? timeToLive = null)
    {
        lock (Gate(store)) (Secret(store), ExpireAt(store)) = (value, Deadline(store, timeToLive));
    }

    /// <summary>DEL of the secret.</summary>
    public static void Delete(this InMemoryRingStore store)
    {
        lock (Gate(store)) (Secret(store), ExpireAt(store)) = (null, null);
    }

    /// <summary>EXPIRE, or PERSIST if no time is given.</summary>
    public static void Expire(this InMemoryRingStore store, TimeSpan? timeToLive)
    {
        lock (Gate(store)) ExpireAt(store) = Deadline(store, timeToLive);
    }

    /// <summary>FLUSHALL.</summary>
    public static void Flush(this InMemoryRingStore store)
    {
        lock (Gate(store)) (Secret(store), ExpireAt(store), Ring(store), Revoked(store)) = (null, null, null, ImmutableDictionary<KeyId, StoreTime>.Empty);
    }

    /// <summary>HSET, which does not change the stamp.</summary>
    public static void Set(this InMemoryAppStore store, string appId, byte[] value)
    {
        lock (Gate(store)) Apps(store)[appId] = value;
    }

    /// <summary>HDEL, which does not change the stamp.</summary>
    public static void Delete(this InMemoryAppStore store, string appId)
    {
        lock (Gate(store)) Apps(store).Remove(appId);
    }

    /// <summary>FLUSHALL.</summary>
    public static void Flush(this InMemoryAppStore store)
    {
        lock (Gate(store))
        {
            Apps(store).Clear();
            Uses(store).Clear();
            Stamp(store) = string.Empty;
        }
    }

    private static StoreTime? Deadline(InMemoryRingStore store, TimeSpan? timeToLive) => Now(store) + timeToLive;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_gate")]
    private static extern ref Lock Gate(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_secret")]
    private static extern ref byte[]? Secret(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_expireAt")]
    private static extern ref StoreTime? ExpireAt(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ring")]
    private static extern ref RingState? Ring(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_revoked")]
    private static extern ref ImmutableDictionary<KeyId, StoreTime> Revoked(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Now")]
    private static extern StoreTime Now(InMemoryRingStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_gate")]
    private static extern ref Lock Gate(InMemoryAppStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_apps")]
    private static extern ref Dictionary<string, byte[]> Apps(InMemoryAppStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_uses")]
    private static extern ref Dictionary<string, long> Uses(InMemoryAppStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_stamp")]
    private static extern ref string Stamp(InMemoryAppStore store);
}
