using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Records the counters of this instance every five seconds, for the charts of the last 15 minutes. The counters are also recorded while no page is
/// open, so that a page that is opened during an incident shows the time before the incident.
/// </summary>
internal sealed class TrafficHistory(TrafficCounts counts, KeyRingRegistry rings, TimeProvider time) : IDisposable
{
    private const int Points = 181;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<HistoryPoint> _points = new();
    private ITimer? _timer;

    public void Start() => _timer = time.CreateTimer(_ => Record(), null, TimeSpan.Zero, Interval);

    public void Dispose() => _timer?.Dispose();

    /// <summary>
    /// Writes the recorded points as JSON, the oldest first, with the name of this instance. The page needs the name because a load balancer can send
    /// the requests of one page to different instances.
    /// </summary>
    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsHead(context.Request.Method)) await JsonSerializer.SerializeAsync(context.Response.Body, new { rings.Opened().FirstOrDefault()?.Tracker.Instance, Points = _points }, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private void Record()
    {
        var now = ClockReading.Now(time);
        var age = rings.Opened().Select(keyRing => keyRing.Known?.Age(now)).Max() ?? TimeSpan.Zero;
        _points.Enqueue(new HistoryPoint(now.WallClock.ToUnixTimeMilliseconds(), (long)age.TotalMilliseconds, counts.View()));
        while (_points.Count > Points) _points.TryDequeue(out _);
    }
}
