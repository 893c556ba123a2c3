using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// A point in time by the clock of the store (Redis), which all instances share. The type prevents comparisons with the clock of an instance, which
/// may differ.
/// </summary>
/// <param name="Milliseconds">Unix milliseconds, as they are stored.</param>
internal readonly record struct StoreTime(long Milliseconds) : IComparable<StoreTime>
{
    /// <summary>The time of an event that is unknown; it is before every other time.</summary>
    public static StoreTime Unknown => default;

    /// <summary>The latest time that can be shown: the end of the year 9999.</summary>
    public static StoreTime Latest => new(253_402_300_799_999);

    /// <summary>The end of something that does not end.</summary>
    public static StoreTime Never => new(long.MaxValue);

    /// <summary>The earliest time after this one.</summary>
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
