using System.Globalization;

namespace Rewt.Internal;

/// <summary>
/// The durations in <see cref="RewtOptions"/> that determine when the keys of a namespace rotate and expire. The services store the durations in
/// Redis. The command-line tool, which has no configuration, rotates and revokes with the stored durations.
/// </summary>
internal sealed record FleetSettings(
    TimeSpan RotationInterval, TimeSpan RefreshInterval, TimeSpan PropagationDelay, TimeSpan TokenLifetime, TimeSpan MaxTokenLifetime, TimeSpan ClockSkew)
{
    public static FleetSettings Of(RewtOptions options) => new(
        options.RotationInterval, options.RefreshInterval, options.PropagationDelay, options.TokenLifetime, options.MaxTokenLifetime, options.ClockSkew);

    /// <summary>Parses a text that <see cref="ToString"/> returned. The result is <see langword="null"/> for any other text.</summary>
    public static FleetSettings? TryParse(string? text)
    {
        var times = new TimeSpan[6];
        var parts = text?.Split(' ') ?? [];
        if (parts.Length != times.Length) return null;
        for (var i = 0; i < times.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > TimeSpan.MaxValue.TotalMilliseconds) return null;
            times[i] = TimeSpan.FromMilliseconds(milliseconds);
        }

        var settings = new FleetSettings(times[0], times[1], times[2], times[3], times[4], times[5]);
        return RewtOptionsValidator.Errors(settings.ApplyTo(new RewtOptions { ServiceName = "fleet" })).Any() ? null : settings;
    }

    public RewtOptions ApplyTo(RewtOptions options)
    {
        (options.RotationInterval, options.RefreshInterval, options.PropagationDelay) = (RotationInterval, RefreshInterval, PropagationDelay);
        (options.TokenLifetime, options.MaxTokenLifetime, options.ClockSkew) = (TokenLifetime, MaxTokenLifetime, ClockSkew);
        return options;
    }

    /// <summary>Returns the durations in milliseconds, in the order of the properties.</summary>
    public override string ToString() => string.Join(
        ' ',
        new[] { RotationInterval, RefreshInterval, PropagationDelay, TokenLifetime, MaxTokenLifetime, ClockSkew }
            .Select(time => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)));
}
