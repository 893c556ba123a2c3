using System.CommandLine;

namespace Rewt.Tool;

/// <summary>
/// <c>rewt apps</c>: defines the arguments of the commands that manage trusted apps. <see cref="AppsCommandHandler"/> carries the commands out.
/// </summary>
internal static class AppsCommand
{
    private static readonly Argument<string> App = new("app") { Description = "The id of the app." };

    private static readonly Option<string> Title = new("--name") { Description = "The display name of the app.", HelpName = "text", DefaultValueFactory = _ => string.Empty };

    private static readonly Option<string> Owner = new("--owner") { Description = "The owner of the app.", HelpName = "text", DefaultValueFactory = _ => string.Empty };

    private static readonly Option<string[]> Audiences = new("--audience") { Description = "A service that accepts the app. The option can be repeated.", HelpName = "service", Required = true };

    private static readonly Option<string[]> Scopes = new("--scope") { Description = "A scope of the app. The option can be repeated.", HelpName = "scope", DefaultValueFactory = _ => [] };

    private static readonly Option<int?> Days = new("--expires-in") { Description = "The number of days until the key expires; 0 for never. Default: one year.", HelpName = "days" };

    private static readonly Option<string?> Key = new("--key") { Description = "Revoke only the key with this id, or this API key.", HelpName = "key id" };

    public static Command Create()
    {
        Days.Require(days => days is >= 0 and <= 36_500, "from 0 to 36500 days");

        var list = new Command("list", "List the trusted apps and their keys. Redis stores only the hashes of the keys.");
        list.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).ListAsync(cancellation));
        var add = new Command("add", "Add an app and print its first key, which is shown only once.") { App, Title, Owner, Audiences, Scopes, Days };
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
        var rotate = new Command("rotate", "Create a second key for an app and print it, which is shown only once. The first key can then be revoked.") { App, Days };
        rotate.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).RotateAsync(arguments.GetValue(App)!, arguments.GetValue(Days), cancellation));
        var revoke = new Command("revoke", "Permanently revoke all keys of an app, or one of them.") { App, Key };
        revoke.SetAction((arguments, cancellation) => new AppsCommandHandler(ToolContext.Of(arguments)).RevokeAsync(arguments.GetValue(App)!, arguments.GetValue(Key), cancellation));
        return new Command("apps", "Manage the trusted apps: callers with an API key and without Redis.") { list, add, rotate, revoke };
    }
}
