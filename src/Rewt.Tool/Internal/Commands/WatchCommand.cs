using System.CommandLine;

namespace Rewt.Tool;

/// <summary>
/// <c>rewt watch</c>: defines the arguments of the command that shows the changes of a key ring and its instances. <see cref="Watch"/> runs the
/// command.
/// </summary>
internal static class WatchCommand
{
    private static readonly Option<double?> Duration = new("--duration") { Description = "Stop after this number of seconds. Default: run until Ctrl+C.", HelpName = "seconds" };

    private static readonly Option<int?> Changes = new("--changes") { Description = "Stop after this number of lines. The first line is the initial state.", HelpName = "number" };

    public static Command Create()
    {
        Duration.Require(seconds => seconds is > 0 and <= 604_800, "more than 0 and at most 604800 seconds");
        Changes.Require(number => number > 0, "at least 1");

        var watch = new Command("watch", "Watch the key ring live: its keys, its rotations, and its instances with the version that each has. With --output json, print one line for each change.") { Duration, Changes };
        watch.SetAction((arguments, cancellation) => new Watch(
            ToolContext.Of(arguments),
            arguments.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            arguments.GetValue(Changes)).RunAsync(cancellation));
        return watch;
    }
}
