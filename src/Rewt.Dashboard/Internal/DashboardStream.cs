using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Sends snapshots to a browser as server-sent events: about once a second, and immediately after a change of a key ring. A stream ends after a few
/// minutes. The browser then reconnects, and the user is authenticated again.
/// </summary>
internal sealed class DashboardStream(DashboardObserver observer, DashboardAccess access, TimeProvider time, CancellationToken stopping)
{
    public const int MaximumStreams = 50;

    /// <summary>The maximum number of streams of one user. The limit prevents one user from using all streams.</summary>
    public const int MaximumStreamsOfUser = 10;

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext context)
    {
        var user = DashboardCommands.GivenNameOf(context.User) ?? string.Empty;
        if (!TryOpen(user))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
            return;
        }

        try
        {
            await SendAsync(context);
        }
        finally
        {
            Close(user);
        }
    }

    /// <summary>Writes one snapshot as JSON. Programs, and browsers without scripts, request a single snapshot.</summary>
    public async Task SnapshotAsync(HttpContext context)
    {
        var snapshot = await observer.ReadAsync(isShared: false, context.RequestAborted);
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(snapshot.Json, context.RequestAborted);
    }

    private bool TryOpen(string user)
    {
        lock (_gate)
        {
            var own = _open.GetValueOrDefault(user);
            if (own >= MaximumStreamsOfUser || _open.Values.Sum() >= MaximumStreams || stopping.IsCancellationRequested) return false;
            _open[user] = own + 1;
            return true;
        }
    }

    private void Close(string user)
    {
        lock (_gate)
        {
            if (--_open[user] == 0) _open.Remove(user);
        }
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
            var snapshot = await observer.ReadAsync(isShared: true, cancellationToken);
            yield return new SseItem<byte[]>(snapshot.Json) { ReconnectionInterval = ComeAgain };
            await observer.NewsAsync(snapshot, cancellationToken);
            if (asked.Elapsed(time) < CheckEvery) continue;

            if (!await access.IsStillAllowedAsync(context)) yield break;
            asked = ClockReading.Now(time);
        }
    }

    /// <summary>Returns the time after which a stream ends. A stream ends at the latest when the login of the user expires.</summary>
    private TimeSpan Life(HttpContext context)
    {
        if (DashboardAccess.Ends(context) is not { } ends) return LongestLife;
        var left = ends - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestLife ? left : LongestLife;
    }
}
