using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rewt.Samples.Demo;

/// <summary>Shows the figures live and handles the keyboard commands; without a terminal, prints one line per second.</summary>
internal sealed class LiveView(DemoLog log, Func<Figures> figures, RingWatch ring, Uri dashboard, Func<Task> deleteKeys)
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationTokenSource end)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            log.Keep = 6;
            await AnsiConsole.Live(Picture()).StartAsync(context => UntilAsync(end, Frame, () => ShowAsync(context, end)));
            log.Keep = 0;
        }
        else
        {
            await UntilAsync(end, LineEvery, () => Console.Out.WriteLineAsync(Line()));
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
                await PressedAsync(Console.ReadKey(intercept: true).KeyChar, end);
            }
            catch (Exception exception) when (exception is RewtKeysUnavailableException or DemoException)
            {
                log.Write(exception.Message);
            }
        }

        context.UpdateTarget(Picture());
    }

    private async Task PressedAsync(char key, CancellationTokenSource end)
    {
        switch (key)
        {
            case 'r':
                log.Write("rotating now");
                await ring.RotateAsync(end.Token);
                break;
            case 'd':
                log.Write("deleting the keys that sign: they are revoked, retries carry the calls over");
                await deleteKeys();
                break;
            case 'q':
                await end.CancelAsync();
                break;
        }
    }

    private Rows Picture()
    {
        var now = figures();
        var table = new Table().Border(TableBorder.Rounded).Title("Orders → Inventory → Shipping").HideHeaders().AddColumns(string.Empty, string.Empty);
        foreach (var (name, value) in Pairs(now)) table.AddRow(new Text(name), new Text(value, Mood(name, now)));

        IRenderable[] lines = [.. log.Kept.Select(line => new Text(line[..Math.Min(line.Length, AnsiConsole.Profile.Width - 1)], new Style(Color.Grey)))];
        return new Rows([table, new Text($"r rotate   d delete the keys   q quit   {dashboard}"), .. lines]);
    }

    private static Style Mood(string name, Figures now) => name switch
    {
        "failures" => new Style(now.Failures == 0 ? Color.Green : Color.Red),
        "retries" => new Style(now.Retries == 0 ? Color.Green : Color.Yellow),
        _ => Style.Plain,
    };

    private string Line() => string.Join(", ", Pairs(figures()).Select(pair => $"{pair.Name} {pair.Value}"));

    private static IEnumerable<(string Name, string Value)> Pairs(Figures now)
    {
        yield return ("calls", Text($"{now.Calls} in {now.Duration:0} s"));
        yield return ("failures", Text($"{now.Failures}"));
        yield return ("retries", Text($"{now.Retries}"));
        yield return ("rotations", Text($"{now.Rotations}"));
        yield return ("current key", now.CurrentKeyId ?? "none");
        yield return ("Redis commands per call", now.RedisCommandsPerCall is { } commands ? Text($"{commands:0.##}") : "not known yet");
        yield return ("milliseconds, mean and p99", Text($"{now.MeanMilliseconds:0.0} {now.P99Milliseconds:0.0}"));

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
