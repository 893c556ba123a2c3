using System.CommandLine;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt tenants</c>: lists and changes the key rings of tenants.</summary>
internal static class TenantsCommand
{
    private static readonly Argument<string> Tenant = new("tenant") { Description = "The name of the tenant." };

    private static readonly Option<double?> Rotation = new("--rotation-days")
    {
        Description = "How long the first key of the new key ring signs, in days. Default: 31.",
        HelpName = "days",
    };

    public static Command Create()
    {
        Rotation.Require(days => days is >= 0.01 and <= 3650, "from 0.01 to 3650");

        var list = new Command("list", "List the tenants that have a key ring. Scans all keys of the server.");
        list.SetAction((arguments, cancellation) => ListAsync(ToolContext.Of(arguments), cancellation));
        var create = new Command("create", "Create the key ring of a tenant. An existing key ring is not changed.") { Tenant, Rotation };
        create.SetAction((arguments, cancellation) => CreateAsync(ToolContext.Of(arguments), arguments.GetValue(Tenant)!, arguments.GetValue(Rotation), cancellation));
        var delete = new Command("delete", "Revoke all keys of a tenant and delete its key ring. No token that was signed for the tenant verifies any more.") { Tenant };
        delete.SetAction((arguments, cancellation) => DeleteAsync(ToolContext.Of(arguments), arguments.GetValue(Tenant)!, cancellation));
        return new Command("tenants", "Manage the tenants of the namespace. Each tenant has its own key ring.") { list, create, delete };
    }

    private static async Task<int> ListAsync(ToolContext context, CancellationToken cancellationToken)
    {
        await using var session = TenantSession.Open(context);
        var tenants = await session.ListAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(new { context.Namespace, tenants });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("Tenant", "Ring");
        foreach (var tenant in tenants) table.AddRow(tenant, $"{context.Namespace}:{tenant}");
        context.Console.Write(table);
        context.WriteLine("To list the keys of a tenant, run 'rewt keys list --namespace' with its ring.");
        return ExitCode.Done;
    }

    private static async Task<int> CreateAsync(ToolContext context, string tenant, double? days, CancellationToken cancellationToken)
    {
        await using var session = TenantSession.Open(context, days is { } given ? TimeSpan.FromDays(given) : null);
        await session.Tenants.CreateTenantAsync(tenant, cancellationToken);
        Print(context, tenant, "created");
        return ExitCode.Done;
    }

    private static async Task<int> DeleteAsync(ToolContext context, string tenant, CancellationToken cancellationToken)
    {
        await using var session = TenantSession.Open(context);
        if (!await session.ExistsAsync(tenant, cancellationToken))
        {
            throw new ToolException(ExitCode.NoRing, $"The namespace '{context.Namespace}' has no tenant '{tenant}'. 'rewt tenants list' lists the tenants.");
        }

        await context.ConfirmAsync($"Delete the tenant '{tenant}' of the namespace '{context.Namespace}' and permanently revoke all its keys?", cancellationToken);
        await session.Tenants.DeleteTenantAsync(tenant, cancellationToken);
        Print(context, tenant, "deleted");
        return ExitCode.Done;
    }

    private static void Print(ToolContext context, string tenant, string what)
    {
        if (context.IsJson) context.WriteJson(new { context.Namespace, tenant, state = what });
        else context.WriteLine($"The tenant '{tenant}' of the namespace '{context.Namespace}' is {what}.");
    }
}
