using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// A point in time by the clock of the store (Redis), which all instances share. The type prevents a comparison with the clock of an instance,
/// because the clocks may differ.
/// </summary>
/// <param name="Milliseconds">The time in Unix milliseconds, as it is stored.</param>
internal readonly record struct StoreTime(long Milliseconds) : IComparable<StoreTime>
{
    /// <summary>The value for an unknown time. This value is earlier than every other time.</summary>
    public static StoreTime Unknown => default;

    /// <summary>The latest time that can be converted to a <see cref="DateTimeOffset"/>: the end of the year 9999.</summary>
    public static StoreTime Latest => new(253_402_300_799_999);

    /// <summary>The value for a time that is never reached.</summary>
    public static StoreTime Never => new(long.MaxValue);

    /// <summary>The time one millisecond later.</summary>
    public StoreTime Next => new(Milliseconds + 1);

    public static StoreTime operator +(StoreTime time, TimeSpan span) => new(time.Milliseconds + (long)span.TotalMilliseconds);

    public static StoreTime operator -(StoreTime time, TimeSpan span) => new(time.Milliseconds - (long)span.TotalMilliseconds);

    public static TimeSpan operator -(StoreTime later, StoreTime earlier) => TimeSpan.FromMilliseconds(later.Milliseconds - earlier.Milliseconds);

    public static bool operator <(StoreTime left, StoreTime right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(StoreTime left, StoreTime right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(StoreTime left, StoreTime right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(StoreTime left, StoreTime right) => left.Milliseconds >= right.Milliseconds;

    public static StoreTime Min(StoreTime one, StoreTime other) => one < other ? one : other;

    public static StoreTime Max(StoreTime one, StoreTime other) => one > other ? one : other;

    public static StoreTime From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    public int CompareTo(StoreTime other) => Milliseconds.CompareTo(other.Milliseconds);

    public override string ToString() => Milliseconds.ToString(CultureInfo.InvariantCulture);
}
