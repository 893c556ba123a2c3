using System.CommandLine;

namespace Rewt.Tool;

/// <summary><c>rewt apps</c>: manages trusted apps and their API keys.</summary>
internal static class AppsCommand
{
    private static readonly Argument<string> App = new("app") { Description = "The app's id." };

    private static readonly Option<string> Title = new("--name") { Description = "What people call it.", HelpName = "text", DefaultValueFactory = _ => string.Empty };

    private static readonly Option<string> Owner = new("--owner") { Description = "Whom to ask about it.", HelpName = "text", DefaultValueFactory = _ => string.Empty };

    private static readonly Option<string[]> Audiences = new("--audience") { Description = "A service that lets it in; may be given again.", HelpName = "service", Required = true };

    private static readonly Option<string[]> Scopes = new("--scope") { Description = "What it may do; may be given again.", HelpName = "scope", DefaultValueFactory = _ => [] };

    private static readonly Option<int?> Days = new("--expires-in") { Description = "When the key expires, in days; 0 for never. Default: a year.", HelpName = "days" };

    private static readonly Option<string?> Key = new("--key") { Description = "Kill this one of its keys only, by its id.", HelpName = "key id" };

    public static Command Create()
    {
        Days.Require(days => days is >= 0 and <= 36_500, "from 0 to 36500 days");

        var list = new Command("list", "Show the trusted apps and their keys, which are known by their hashes only.");
        list.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).ListAsync(cancellation));
        var add = new Command("add", "Add an app and print its first key, which is shown this once.") { App, Title, Owner, Audiences, Scopes, Days };
        add.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).AddAsync(
            new RewtApp(arguments.GetValue(App)!)
            {
                Name = arguments.GetValue(Title)!,
                Owner = arguments.GetValue(Owner)!,
                Audiences = arguments.GetValue(Audiences)!,
                Scopes = arguments.GetValue(Scopes)!,
            },
            arguments.GetValue(Days),
            cancellation));
        var rotate = new Command("rotate", "Give an app a second key and print it, which is shown this once; then the first can be revoked.") { App, Days };
        rotate.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).RotateAsync(arguments.GetValue(App)!, arguments.GetValue(Days), cancellation));
        var revoke = new Command("revoke", "Kill all keys of an app, or one of them, for good.") { App, Key };
        revoke.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).RevokeAsync(arguments.GetValue(App)!, arguments.GetValue(Key), cancellation));
        return new Command("apps", "Trusted apps: callers without Redis, with an API key.") { list, add, rotate, revoke };
    }
}
