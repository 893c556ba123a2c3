namespace Rewt.Samples.Demo;

/// <summary>
/// Measures Redis commands per call in steady state: the commands beyond the polls of the key rings, over periods without a key change. The cost
/// of a poll is measured before the traffic starts. Polls above the rate that the refresh interval allows are attributed to the calls.
/// </summary>
internal sealed class RedisMeter(RedisConnection redis, int rings, TimeSpan refreshInterval)
{
    // The shortest pause between two polls of one key ring, as a fraction of its refresh interval.
    private const double ShortestPause = 0.6;
    private const int PollsToCalibrate = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CalibrationLimit = TimeSpan.FromSeconds(15);

    private Mark? _begin;
    private Mark? _last;
    private Totals _steady = new(0, 0, 0, TimeSpan.Zero);
    private double? _pollCost;

    /// <summary>All commands that the server has executed since the start.</summary>
    public long? Commands => _last?.Counts.All - _begin?.Counts.All;

    public double? PerCall
    {
        get
        {
            if (_pollCost is not { } cost || _steady.Calls == 0) return null;

            var scheduled = rings * ((_steady.Elapsed / (refreshInterval * ShortestPause)) + 1);
            var beyond = _steady.Commands - (cost * Math.Min(_steady.Polls, scheduled));
            // A poll that is incomplete at the edge of a period causes an error of a few commands in either direction.
            return Math.Round(Math.Max(0, beyond) / _steady.Calls, 2);
        }
    }

    public string? Note => Commands is null
        ? "the server does not provide commandstats"
        : PerCall is null ? "no period without a key change was long enough to count commands" : null;

    /// <summary>Measures the cost of polls before the traffic starts.</summary>
    public async Task CalibrateAsync(CancellationToken cancellationToken)
    {
        await SampleAsync(0);
        if (_last is null) return;

        var started = TimeProvider.System.GetTimestamp();
        while (_steady.Polls < PollsToCalibrate && TimeProvider.System.GetElapsedTime(started) < CalibrationLimit)
        {
            await Task.Delay(Window, cancellationToken);
            await SampleAsync(0);
        }

        if (_steady.Polls > 0) _pollCost = PollCost((double)_steady.Commands / _steady.Polls);
        _steady = new Totals(0, 0, 0, TimeSpan.Zero);
        _begin = _last;
    }

    /// <summary>Takes samples until it is cancelled.</summary>
    public async Task RunAsync(Tally tally, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Window);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await SampleAsync(tally.Calls);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await SampleAsync(tally.Calls);
        }
    }

    /// <summary>
    /// Returns the cost of a poll. With a shared secret all polls cost the same, and a fraction comes from an incomplete poll. With key pairs the
    /// cost depends on the number of services that call.
    /// </summary>
    private static double PollCost(double mean) => Math.Abs(mean - Math.Round(mean)) < 0.15 ? Math.Round(mean) : mean;

    private async Task SampleAsync(long calls)
    {
        if (await redis.CountsAsync() is not { } counts) return;

        var now = new Mark(counts, calls, TimeProvider.System.GetTimestamp());
        var last = _last;
        // A server that samples its own statistics can return the same counts twice.
        if (counts == last?.Counts) return;

        _last = now;
        _begin ??= now;
        if (last is null || counts.Writes != last.Counts.Writes) return;

        _steady = new Totals(
            _steady.Commands + counts.All - last.Counts.All,
            _steady.Polls + counts.Polls - last.Counts.Polls,
            _steady.Calls + calls - last.Calls,
            _steady.Elapsed + TimeProvider.System.GetElapsedTime(last.At, now.At));
    }

    private sealed record Mark(CommandCounts Counts, long Calls, long At);

    private sealed record Totals(long Commands, long Polls, long Calls, TimeSpan Elapsed);
}
