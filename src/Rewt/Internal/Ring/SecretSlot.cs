namespace Rewt.Internal;

/// <summary>The key <c>…:rewt-secret</c> as one read found it.</summary>
/// <param name="Value">The raw value; <see langword="null"/> when the key is absent or of another type.</param>
/// <param name="IsWrongType">The key holds something other than a string.</param>
/// <param name="TimeToLive">Milliseconds left; <see langword="null"/> when the key has no TTL.</param>
internal readonly record struct SecretSlot(byte[]? Value, bool IsWrongType, long? TimeToLive)
{
    public static readonly SecretSlot Absent;

    public static readonly SecretSlot WrongType = new(null, true, null);

    /// <summary>The longest rotation interval there is; a TTL beyond it would overflow dates and never end.</summary>
    private static readonly long LongestLifetime = (long)TimeSpan.FromDays(3650).TotalMilliseconds;

    /// <summary>The TTL where it is a time to rotate; <see langword="null"/> counts as none.</summary>
    public long? Lifetime => TimeToLive <= LongestLifetime ? TimeToLive : null;

    public bool IsAbsent => Value is null && !IsWrongType;

    /// <summary>Tells the shape and never the value.</summary>
    public override string ToString() => IsWrongType ? "wrong type" : IsAbsent ? "absent" : $"{Value!.Length} bytes, TTL {TimeToLive} ms";
}
