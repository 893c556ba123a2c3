namespace Rewt.Internal;

/// <summary>The value and the TTL of the Redis key <c>…:rewt-secret</c>, which contains the current secret, at one read.</summary>
/// <param name="Value">The value as bytes; <see langword="null"/> if the Redis key is absent or not a string.</param>
/// <param name="IsWrongType">Whether the Redis key exists but is not a string.</param>
/// <param name="TimeToLive">The remaining TTL in milliseconds; <see langword="null"/> if the Redis key has no TTL.</param>
internal readonly record struct SecretSlot(byte[]? Value, bool IsWrongType, long? TimeToLive)
{
    public static readonly SecretSlot Absent;

    public static readonly SecretSlot WrongType = new(null, true, null);

    /// <summary>
    /// The maximum length of a stored text, in bytes. This length is greater than the length of the longest secret, because sealing makes a text
    /// longer.
    /// </summary>
    public const int MaximumBytes = 8192;

    /// <summary>
    /// The longest permitted rotation interval. A longer TTL is ignored, because the sum of a time and the TTL could exceed the range of dates.
    /// </summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3650);

    /// <summary>
    /// The remaining TTL; <see langword="null"/> if there is none, or if it is longer than the longest permitted rotation interval.
    /// </summary>
    public TimeSpan? Lifetime => TimeToLive <= LongestLifetime.TotalMilliseconds ? TimeSpan.FromMilliseconds(TimeToLive.Value) : null;

    /// <summary>
    /// The stored text, if the secret is sealed; otherwise <see langword="null"/>. <see cref="Value"/> is then the opened secret, or empty if the
    /// secret could not be opened.
    /// </summary>
    public byte[]? Sealed { get; init; }

    /// <summary>The stored value, sealed or not. A write compares this value with the value in the store, and thus detects a change.</summary>
    public byte[]? Stored => Sealed ?? Value;

    public bool IsAbsent => Value is null && !IsWrongType;

    /// <summary>Returns a text with the type, the length and the TTL, without the value.</summary>
    public override string ToString() => IsWrongType ? "wrong type" : IsAbsent ? "absent" : $"{Value!.Length} bytes, TTL {TimeToLive} ms";
}
