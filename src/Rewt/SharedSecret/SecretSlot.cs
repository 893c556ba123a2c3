namespace Rewt.Internal;

/// <summary>The content of the Redis key <c>…:rewt-secret</c>, which holds the current secret, at one read: the bytes and the TTL.</summary>
/// <param name="Value">The raw value; <see langword="null"/> when the key is absent or of another type.</param>
/// <param name="IsWrongType">Whether the key holds a type other than a string.</param>
/// <param name="TimeToLive">The remaining TTL in milliseconds; <see langword="null"/> when the key has none.</param>
internal readonly record struct SecretSlot(byte[]? Value, bool IsWrongType, long? TimeToLive)
{
    public static readonly SecretSlot Absent;

    public static readonly SecretSlot WrongType = new(null, true, null);

    /// <summary>The longest text that is read: a sealed secret is longer than the secret.</summary>
    public const int MaximumBytes = 8192;

    /// <summary>The longest permitted rotation interval. A longer TTL would overflow dates and never expire.</summary>
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3650);

    /// <summary>The TTL; <see langword="null"/> when there is none or it is too long to be a rotation interval.</summary>
    public TimeSpan? Lifetime => TimeToLive <= LongestLifetime.TotalMilliseconds ? TimeSpan.FromMilliseconds(TimeToLive.Value) : null;

    /// <summary>The stored text of a sealed secret, whose <see cref="Value"/> is the opened secret, or empty if it does not open.</summary>
    public byte[]? Sealed { get; init; }

    /// <summary>The value as it is stored, which a write compares.</summary>
    public byte[]? Stored => Sealed ?? Value;

    public bool IsAbsent => Value is null && !IsWrongType;

    /// <summary>Returns the type, length and TTL, never the value.</summary>
    public override string ToString() => IsWrongType ? "wrong type" : IsAbsent ? "absent" : $"{Value!.Length} bytes, TTL {TimeToLive} ms";
}
