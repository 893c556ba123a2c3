using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Streams snapshots as server-sent events, about once a second and immediately after a key ring changes. A stream ends after a few minutes, so
/// that the browser reconnects and is authenticated again.
/// </summary>
internal sealed class DashboardStream(DashboardObserver observer, DashboardAccess access, TimeProvider time, CancellationToken stopping)
{
    public const int MaximumStreams = 50;

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);

    private int _open;

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > MaximumStreams || stopping.IsCancellationRequested)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "5";
                return;
            }

            await SendAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Writes a single snapshot as JSON, for programs and for browsers without scripts.</summary>
    public async Task SnapshotAsync(HttpContext context)
    {
        var snapshot = await observer.LookAsync(isShared: false, context.RequestAborted);
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(snapshot.Json, context.RequestAborted);
    }

    private async Task SendAsync(HttpContext context)
    {
        using var life = new CancellationTokenSource(Life(context), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(life.Token, context.RequestAborted, stopping);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await TypedResults.ServerSentEvents(EventsAsync(context, end.Token)).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The browser disconnected, the stream reached its time limit, or the application is stopping and must not wait for viewers.
        }
    }

    private async IAsyncEnumerable<SseItem<byte[]>> EventsAsync(HttpContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = ClockReading.Now(time);
        while (true)
        {
            var snapshot = await observer.LookAsync(isShared: true, cancellationToken);
            yield return new SseItem<byte[]>(snapshot.Json) { ReconnectionInterval = ComeAgain };
            await observer.NewsAsync(snapshot, cancellationToken);
            if (asked.Elapsed(time) < CheckEvery) continue;

            if (!await access.IsStillAllowedAsync(context)) yield break;
            asked = ClockReading.Now(time);
        }
    }

    /// <summary>Returns the time limit of a stream, which never exceeds the expiry of the login.</summary>
    private TimeSpan Life(HttpContext context)
    {
        if (DashboardAccess.Ends(context) is not { } ends) return LongestLife;
        var left = ends - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestLife ? left : LongestLife;
    }
}
