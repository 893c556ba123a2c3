using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rewt.Samples.Demo;

/// <summary>The figures that the demo shows live and at the end.</summary>
internal sealed record Figures(
    long Calls,
    long Failures,
    long Retries,
    int Rotations,
    string? CurrentKeyId,
    double? RedisCommandsPerCall,
    long? RedisCommands,
    double Duration,
    double? MeanMilliseconds,
    double? P99Milliseconds,
    string Namespace,
    string Redis,
    string? Note)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Whether at least one call was made and no call failed.</summary>
    [JsonIgnore]
    public bool IsGood => Failures == 0 && Calls > 0;

    public static Figures Of(Tally tally, RingObserver ring, RedisMeter meter, TimeSpan elapsed, string @namespace, string redis)
    {
        var latency = tally.Latency();
        return new Figures(
            tally.Calls,
            tally.Failures,
            tally.Retries,
            ring.Rotations,
            ring.CurrentKeyId,
            meter.PerCall,
            meter.Commands,
            Math.Round(elapsed.TotalSeconds, 1),
            Rounded(latency?.Mean),
            Rounded(latency?.P99),
            @namespace,
            redis,
            meter.Note);

        static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 1) : null;
    }

    /// <summary>The result in a few lines that fit a terminal of 80 columns.</summary>
    public IEnumerable<string> Summary()
    {
        yield return Text($"{Calls:N0} calls in {Duration:0} s, {Failures:N0} failed, {Retries:N0} retried; the keys rotated {Rotations:N0} times.");
        if (MeanMilliseconds is not null) yield return Text($"A call took {MeanMilliseconds:N1} ms on average, and 99 of 100 less than {P99Milliseconds:N1} ms.");
        yield return IsGood ? "No call failed." : Calls == 0 ? "No call was made." : "Calls failed; the reasons are in the lines above.";

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
