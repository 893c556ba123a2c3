using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rewt.Samples.Demo;

/// <summary>Shows the figures live and handles the keyboard commands; without a terminal, prints one line per second.</summary>
internal sealed class LiveView(DemoLog log, Func<Figures> figures, RingObserver ring, Uri dashboard, Func<Task> deleteKeys)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    /// <summary>The number of seconds in the sparkline of calls.</summary>
    private const int SparklineSeconds = 40;

    private const string Blocks = "▁▂▃▄▅▆▇█";

    private readonly Queue<long> _rates = new();
    private (double At, long Calls) _counted;

    public async Task RunAsync(CancellationTokenSource end)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            log.Keep = DemoLog.MaximumKept;
            await AnsiConsole.Live(Render()).StartAsync(context => UntilAsync(end, RefreshInterval, () => ShowAsync(context, end)));
            log.Keep = 0;
        }
        else
        {
            await UntilAsync(end, LineInterval, () => Console.Out.WriteLineAsync(Line()));
        }
    }

    private static async Task UntilAsync(CancellationTokenSource end, TimeSpan pause, Func<Task> show)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(end.Token)) await show();
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await show();
        }
    }

    private async Task ShowAsync(LiveDisplayContext context, CancellationTokenSource end)
    {
        if (!Console.IsInputRedirected && Console.KeyAvailable)
        {
            try
            {
                await HandleKeyAsync(Console.ReadKey(intercept: true).KeyChar, end);
            }
            catch (Exception exception) when (exception is RewtKeysUnavailableException or DemoException)
            {
                log.Write(exception.Message);
            }
        }

        context.UpdateTarget(Render());
    }

    private async Task HandleKeyAsync(char key, CancellationTokenSource end)
    {
        switch (key)
        {
            case 'r':
                log.Write("rotating now");
                await ring.RotateAsync(end.Token);
                break;
            case 'd':
                log.Write("deleting the signing keys: they are revoked, and refused calls are retried");
                await deleteKeys();
                break;
            case 'q':
                await end.CancelAsync();
                break;
        }
    }

    private Rows Render()
    {
        var now = figures();
        var table = new Table().Border(TableBorder.Rounded).Title("Orders → Inventory → Shipping").HideHeaders().AddColumns(string.Empty, string.Empty);
        foreach (var (name, value) in Pairs(now)) table.AddRow(new Text(name), new Text(value, StyleOf(name, now)));

        if (Sparkline(now) is { Length: > 0 } rates) table.AddRow(new Text("calls per second"), new Text($"{rates} {_rates.Last()}", new Style(Color.Green)));

        IRenderable[] lines = [.. log.Kept.SelectMany(line => Wrapped(line, AnsiConsole.Profile.Width - 1)).TakeLast(DemoLog.MaximumKept).Select(line => new Text(line, new Style(Color.Grey)))];
        return new Rows([table, new Text("r rotate · d delete the keys · q quit"), new Text($"dashboard {dashboard}"), .. lines]);
    }

    /// <summary>Draws the calls of each of the last seconds, scaled to the highest.</summary>
    private string Sparkline(Figures now)
    {
        if (now.Duration - _counted.At >= 1)
        {
            _rates.Enqueue((long)Math.Round((now.Calls - _counted.Calls) / (now.Duration - _counted.At)));
            if (_rates.Count > SparklineSeconds) _rates.Dequeue();
            _counted = (now.Duration, now.Calls);
        }

        var most = Math.Max(1, _rates.DefaultIfEmpty().Max());
        return string.Concat(_rates.Select(rate => Blocks[(int)(rate * (Blocks.Length - 1) / most)]));
    }

    /// <summary>Breaks a line between words, so that it neither runs into the margin nor loses its end.</summary>
    internal static IEnumerable<string> Wrapped(string line, int width)
    {
        while (line.Length > width)
        {
            var end = line.LastIndexOf(' ', width);
            if (end <= 2) end = width;
            yield return line[..end];
            line = "  " + line[end..].TrimStart();
        }

        yield return line;
    }

    private static Style StyleOf(string name, Figures now) => name switch
    {
        "current key" => new Style(Color.Aqua),
        "failures" => new Style(now.Failures == 0 ? Color.Green : Color.Red),
        "retries" => new Style(now.Retries == 0 ? Color.Green : Color.Yellow),
        _ => Style.Plain,
    };

    private string Line() => string.Join(" | ", Pairs(figures()).Select(pair => $"{pair.Name} {pair.Value}"));

    private static IEnumerable<(string Name, string Value)> Pairs(Figures now)
    {
        yield return ("calls", Text($"{now.Calls:N0} in {now.Duration:0} s"));
        yield return ("failures", Text($"{now.Failures:N0}"));
        yield return ("retries", Text($"{now.Retries:N0}"));
        yield return ("rotations", Text($"{now.Rotations:N0}"));
        yield return ("current key", now.CurrentKeyId ?? "none");
        yield return ("Redis commands per call", now.RedisCommandsPerCall is { } commands ? Text($"{commands:0.##}") : "not known yet");
        yield return ("time of a call", now.MeanMilliseconds is null ? "not known yet" : Text($"{now.MeanMilliseconds:N1} ms mean · {now.P99Milliseconds:N1} ms p99"));

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
