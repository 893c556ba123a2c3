using System.CommandLine;

namespace Rewt.Tool;

/// <summary><c>rewt watch</c>: follows a key ring and its instances.</summary>
internal static class WatchCommand
{
    private static readonly Option<double?> Duration = new("--duration") { Description = "End after so many seconds. Default: at Ctrl+C.", HelpName = "seconds" };

    private static readonly Option<int?> Changes = new("--changes") { Description = "End after so many lines, the first of which is the state at the start.", HelpName = "number" };

    public static Command Create()
    {
        Duration.Require(seconds => seconds is > 0 and <= 604_800, "more than 0 and at most 604800 seconds");
        Changes.Require(number => number > 0, "at least 1");

        var watch = new Command("watch", "Follow the ring live: its keys, rotations, instances and the version of the ring that each holds. With --output json one line for each change.") { Duration, Changes };
        watch.SetAction((arguments, cancellation) => new Watch(
            ToolContext.Of(arguments),
            arguments.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            arguments.GetValue(Changes)).RunAsync(cancellation));
        return watch;
    }
}
