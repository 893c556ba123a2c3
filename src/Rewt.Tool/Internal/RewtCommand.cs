using System.CommandLine;

namespace Rewt.Tool;

/// <summary>The root command <c>rewt</c> of the tool with all its subcommands.</summary>
internal static class RewtCommand
{
    public const string Name = "rewt";

    public static RootCommand Create()
    {
        var root = new RootCommand("Manages the keys of a Rewt namespace in Redis.");
        foreach (var option in GlobalOptions.All) root.Options.Add(option);
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(TokenCommand.Create());
        root.Subcommands.Add(TenantsCommand.Create());
        root.Subcommands.Add(AppsCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(AclCommand.Create());
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        return root;
    }
}
