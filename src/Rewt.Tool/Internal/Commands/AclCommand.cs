using System.CommandLine;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary><c>rewt acl</c>: prints the ACL rules that the Redis user of a service needs.</summary>
internal static class AclCommand
{
    private static readonly Option<string> Role = new("--role") { Description = "The role of the login: a service that signs (signer), a service that only verifies (verifier), or an operator with this tool (operator).", HelpName = "signer|verifier|operator", Required = true };

    private static readonly Option<string?> User = new("--user") { Description = "The name of the login. Default: rewt- and the role.", HelpName = "name" };

    private static readonly Option<bool> KeyPairs = new("--key-pairs") { Description = "Use the rules of a namespace whose services sign with key pairs." };

    private static readonly Option<string?> Service = new("--service") { Description = "The service that signs; required with --key-pairs and the role signer.", HelpName = "service" };

    public static Command Create()
    {
        Role.AcceptOnlyFromAmong([.. RedisRights.Roles]);
        foreach (var option in new[] { User, Service })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens.Count > 0 && !Names.IsName(result.Tokens[0].Value)) result.AddError($"{option.Name} must be 1 to 128 letters, digits, '.', '_' or '-'.");
            });
        }

        var acl = new Command("acl", "Print the Redis command that gives a login the permissions of its role. The command contains no password and is not sent to a server.") { Role, User, KeyPairs, Service };
        acl.SetAction(arguments => Run(ToolContext.Of(arguments), arguments.GetValue(Role)!, arguments.GetValue(User), arguments.GetValue(KeyPairs), arguments.GetValue(Service)));
        return acl;
    }

    private static int Run(ToolContext context, string role, string? user, bool keyPairs, string? service)
    {
        if (!Names.IsNamespace(context.Namespace) || KeyMaterial.IsLikely(context.Namespace)) throw new ToolException(ExitCode.Usage, "--namespace must be 1 to 128 letters, digits, '.', '_', '-' or ':'.");

        if (keyPairs && role == "signer" && service is null) throw new ToolException(ExitCode.Usage, "A login that signs with key pairs writes only the keys of one service. Specify the service with --service.");

        var rules = keyPairs ? RedisRights.OfPairs(role, new(context.Namespace, service ?? string.Empty)) : RedisRights.Of(role, context.Namespace);
        var name = user ?? (keyPairs ? service : null) ?? $"rewt-{role}";
        var command = $"ACL SETUSER {name} reset on {string.Join(' ', rules)}";
        if (context.IsJson) context.WriteJson(new { role, user = name, context.Namespace, rules, command });
        else
        {
            context.WriteLine(command);
            context.Note($"Then set a password: ACL SETUSER {name} '>...', and ACL SAVE.");
        }

        return ExitCode.Done;
    }
}
