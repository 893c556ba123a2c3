using System.Globalization;
using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rewt.Tool;

/// <summary>
/// Runs <c>rewt watch</c> until the command is cancelled: reads a key ring and its instances repeatedly. On a terminal, the command shows a live
/// view. Otherwise it prints one line for each change.
/// </summary>
internal sealed class Watch(ToolContext context, TimeSpan? duration, int? changes)
{
    /// <summary>The number of changes that the live view shows.</summary>
    private const int MostEvents = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<string> _events = [];
    private WatchState? _last;
    private int _lines;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        using var ending = new CancellationTokenSource(duration ?? Timeout.InfiniteTimeSpan, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);

        if ((await session.ReadIfPermittedAsync(cancellationToken)).IsNothing && await session.Pairs.ReadAsync(cancellationToken) is not null)
        {
            throw new ToolException(ExitCode.Refused, "The services of this namespace sign with key pairs, which 'rewt watch' does not show. 'rewt keys list' lists them.");
        }

        // The first read fails immediately if the key ring cannot be followed.
        var state = await ReadAsync(session, cancellationToken);
        await SubscribeAsync(session, cancellationToken);
        try
        {
            if (context.IsJson || Console.IsOutputRedirected) await FollowAsync(session, state, Print, either.Token);
            else await context.Console.Live(View(state)).StartAsync(live => FollowAsync(session, state, next => live.UpdateTarget(View(next)), either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The time limit was reached, or Ctrl+C was pressed; both are a normal end.
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private async Task FollowAsync(RingSession session, WatchState state, Action<WatchState> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isNews = _last is null || !state.IsSameAs(_last);
            if (isNews)
            {
                _events.AddRange(state.EventsSince(_last));
                _last = state;
                _lines++;
            }

            if (isNews || !Console.IsOutputRedirected) show(state);
            if (_lines >= changes) return;

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            pause.CancelAfter(Pause);
            await ((Task)_hints.Reader.WaitToReadAsync(pause.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            _hints.Reader.TryRead(out _);
            state = await ReadAgainAsync(session, state, cancellationToken);
        }
    }

    private static async Task<WatchState> ReadAsync(RingSession session, CancellationToken cancellationToken)
    {
        var ring = await session.ReadAsync(cancellationToken);
        return new WatchState(ring, await session.ReadInstancesAsync(cancellationToken), ring.Problem is { } problem ? $"The secret cannot be used: {problem}." : null);
    }

    /// <summary>
    /// Reads the key ring and its instances again. If the server is temporarily unavailable, the command shows the problem and continues.
    /// </summary>
    private static async Task<WatchState> ReadAgainAsync(RingSession session, WatchState before, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(session, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return before with { DegradedReason = Failure.Of(exception, session.Options.Namespace).Message };
        }
    }

    private async Task SubscribeAsync(RingSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SubscribeAsync(() => _hints.Writer.TryWrite(true), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            context.Note("rewt: no push messages arrive, so changes are detected within a second. Run 'rewt doctor' for the cause.");
        }
    }

    private void Print(WatchState state)
    {
        if (context.IsJson)
        {
            _events.Clear();
            context.WriteJsonLine(new { at = context.Time.GetUtcNow(), ring = RingFormatter.Json(context, state.Ring), instances = state.Instances(), problem = state.DegradedReason });
            return;
        }

        foreach (var line in _events) context.WriteLine(line);
        _events.Clear();
    }

    private Rows View(WatchState state)
    {
        var instances = new Table().AddColumns("Instance", "Ring", "Seen");
        foreach (var instance in state.Instances())
        {
            instances.AddRow(
                Markup.Escape(instance.Instance),
                instance.IsUpToDate ? $"version {instance.Version}" : $"[yellow]version {instance.Version}, older[/]",
                string.Create(CultureInfo.InvariantCulture, $"{instance.SecondsAgo:0} s ago"));
        }

        _events.RemoveRange(0, Math.Max(0, _events.Count - MostEvents));
        var recent = _events.Select(line => (IRenderable)new Text(line));
        return new Rows(
            [
                new Text(string.Create(CultureInfo.InvariantCulture, $"Namespace {context.Namespace}, version {state.Ring.Version}, last changed by {state.Ring.ChangedBy ?? "unknown"}. Press Ctrl+C to stop.")),
                RingFormatter.Table(context, state.Ring),
                instances,
                .. recent,
                .. state.DegradedReason is { } problem ? [new Text(problem, new Style(Color.Yellow))] : Array.Empty<IRenderable>(),
            ]);
    }
}
