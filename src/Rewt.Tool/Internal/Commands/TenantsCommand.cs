using System.CommandLine;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt tenants</c>: lists and changes the key rings of tenants.</summary>
internal static class TenantsCommand
{
    private static readonly Argument<string> Tenant = new("tenant") { Description = "The tenant's name." };

    private static readonly Option<double?> Rotation = new("--rotation-days")
    {
        Description = "How long the first key of the new ring signs. Default: 31.",
        HelpName = "days",
    };

    public static Command Create()
    {
        Rotation.Require(days => days is >= 0.01 and <= 3650, "from 0.01 to 3650");

        var list = new Command("list", "Show the tenants that have a ring. It looks through all keys of the server.");
        list.SetAction((arguments, cancellation) => ListAsync(ToolContext.Of(arguments), cancellation));
        var create = new Command("create", "Make a tenant's ring; one that is there stays as it is.") { Tenant, Rotation };
        create.SetAction((arguments, cancellation) => CreateAsync(ToolContext.Of(arguments), arguments.GetValue(Tenant)!, arguments.GetValue(Rotation), cancellation));
        var delete = new Command("delete", "Kill all keys of a tenant and take its ring away: nothing that was signed for it verifies any more.") { Tenant };
        delete.SetAction((arguments, cancellation) => DeleteAsync(ToolContext.Of(arguments), arguments.GetValue(Tenant)!, cancellation));
        return new Command("tenants", "The tenants of the namespace, each with a ring of its own.") { list, create, delete };
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
        context.WriteLine("The keys of one: rewt keys list --namespace and its ring.");
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
            throw new ToolException(ExitCode.NoRing, $"There is no tenant '{tenant}' in the namespace '{context.Namespace}'; see 'rewt tenants list'.");
        }

        await context.ConfirmAsync($"Delete the tenant '{tenant}' of the namespace '{context.Namespace}' and revoke all its keys for good?", cancellationToken);
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
