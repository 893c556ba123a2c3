using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Records the counters every five seconds for the dashboard's charts of the last 15 minutes, whether a page is open or not, so that a page opened
/// during an incident shows what led to it.
/// </summary>
internal sealed class TrafficHistory(TrafficCounts counts, KeyRingRegistry rings, TimeProvider time) : IDisposable
{
    private const int Points = 181;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<HistoryPoint> _points = new();
    private ITimer? _timer;

    public void Start() => _timer = time.CreateTimer(_ => Record(), null, TimeSpan.Zero, Interval);

    public void Dispose() => _timer?.Dispose();

    /// <summary>Writes the points, the oldest first. A load balancer may have sent the request to another instance than the page's, so its name is included.</summary>
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
