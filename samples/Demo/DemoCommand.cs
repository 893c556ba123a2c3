using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rewt.Samples.Demo;

/// <summary>The command line: its options and their validation.</summary>
internal static class DemoCommand
{
    private static readonly Option<bool> Headless = new("--headless")
    {
        Description = "Print one JSON object of figures at the end instead of a live view; exit code 1 if a call failed.",
    };

    private static readonly Option<double> Duration = new("--duration")
    {
        Description = "Seconds of traffic. Default: 20 with --headless, else until Ctrl+C.",
        HelpName = "seconds",
    };

    private static readonly Option<TimeSpan> Rotate = new("--rotate")
    {
        Description = "The interval of key rotations, as hh:mm:ss.",
        HelpName = "hh:mm:ss",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(5),
    };

    private static readonly Option<string?> Redis = new("--redis")
    {
        Description = "A running Redis server. Default: an embedded server, which needs no installation.",
        HelpName = "host:port",
    };

    private static readonly Option<string?> Namespace = new("--namespace")
    {
        Description = "The namespace of the keys. Default: rewt on the embedded server; with --redis rewt-demo, whose keys are deleted at the start and at the end.",
        HelpName = "name",
    };

    private static readonly Option<int> Rate = new("--rate")
    {
        Description = "Calls per second, at most 200.",
        HelpName = "calls",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<KeyMode> Mode = new("--key-mode")
    {
        Description = "The signing keys: one SharedSecret for all services, or a KeyPair for each instance.",
        HelpName = "SharedSecret|KeyPair",
    };

    private static readonly Option<bool> NoBrowser = new("--no-browser")
    {
        Description = "Do not open the dashboard in a browser. Its address is always printed.",
    };

    public static RootCommand Create()
    {
        Duration.Validators.Add(result => Check(result, Duration, seconds => seconds is > 0 and <= 86400, "must be more than 0 and at most 86400 seconds"));
        // TimeSpan would parse a bare number, and hours from 24 on, as days.
        Rotate.Validators.Add(result => Check(
            result,
            Rotate,
            rotate => TimeSpan.TryParseExact(result.Tokens[0].Value, [@"h\:mm\:ss", @"d\.h\:mm\:ss"], CultureInfo.InvariantCulture, out _) && rotate >= TimeSpan.FromSeconds(1) && rotate <= TimeSpan.FromDays(365),
            "must be hh:mm:ss, or d.hh:mm:ss from 24 hours on, from one second to 365 days"));
        Namespace.Validators.Add(result => Check(
            result,
            Namespace,
            name => name is { Length: >= 1 and <= 128 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':'),
            "must be 1 to 128 letters, digits, '.', '_', '-' or ':'"));
        Rate.Validators.Add(result => Check(result, Rate, rate => rate is >= 1 and <= 200, "must be from 1 to 200 calls a second"));

        var command = new RootCommand("Orders calls Inventory calls Shipping, two instances each, while the signing key rotates under the traffic.")
        {
            Headless, Duration, Rotate, Redis, Namespace, Rate, Mode, NoBrowser,
        };
        command.SetAction((arguments, cancellationToken) => new DemoRun(Read(arguments)).RunAsync(cancellationToken));
        return command;
    }

    private static DemoOptions Read(ParseResult arguments)
    {
        var redis = arguments.GetValue(Redis);
        var @namespace = arguments.GetValue(Namespace);
        var headless = arguments.GetValue(Headless);
        double? seconds = arguments.GetResult(Duration) is { Tokens.Count: > 0 } ? arguments.GetValue(Duration) : headless ? 20 : null;
        return new DemoOptions(
            redis,
            @namespace ?? (redis is null ? "rewt" : "rewt-demo"),
            OwnsNamespace: redis is not null && @namespace is null,
            arguments.GetValue(Rotate),
            seconds is { } value ? TimeSpan.FromSeconds(value) : null,
            arguments.GetValue(Rate),
            headless,
            arguments.GetValue(Mode),
            arguments.GetValue(NoBrowser));
    }

    private static void Check<T>(OptionResult result, Option<T> option, Func<T?, bool> isValid, string rule)
    {
        if (result.Tokens.Count == 0) return;
        try
        {
            if (!isValid(result.GetValueOrDefault<T>())) result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {rule}, not {result.Tokens[0].Value}."));
        }
        catch (InvalidOperationException)
        {
            // The parser itself reports values that are not numbers or times.
        }
    }
}
