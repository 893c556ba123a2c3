using System.CommandLine;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt tenants</c>: lists the tenants that were revoked or deleted, and creates, revokes or deletes a tenant.</summary>
internal static class TenantsCommand
{
    private static readonly Argument<string> Tenant = new("tenant") { Description = "The name of the tenant." };

    public static Command Create()
    {
        var list = new Command("list", "List the tenants that were revoked or deleted. All other tenants need no entry.");
        list.SetAction((arguments, cancellation) => ListAsync(ToolContext.Of(arguments), cancellation));
        return new Command("tenants", "Manage the tenants of the namespace. Their keys are derived from its secret.")
        {
            list,
            Change("create", "Create a deleted tenant again. Earlier tokens stay revoked.", "created", null, static (state, now) => state.Create(now)),
            Change("revoke", "Revoke all keys of a tenant. New keys follow.", "revoked", "Permanently revoke all keys of", static (state, now) => state.Revoke(now)),
            Change("delete", "Revoke all keys of a tenant. No token is signed or accepted for it until it is created again.", "deleted", "Delete", static (state, now) => state.Delete(now)),
        };
    }

    private static Command Change(string name, string description, string done, string? question, Func<TenantState, StoreTime, TenantState> change)
    {
        var command = new Command(name, description) { Tenant };
        command.SetAction((arguments, cancellation) => ChangeAsync(ToolContext.Of(arguments), arguments.GetValue(Tenant)!, done, question, change, cancellation));
        return command;
    }

    private static async Task<int> ListAsync(ToolContext context, CancellationToken cancellationToken)
    {
        await using var session = RingSession.Open(context);
        var tenants = (await session.Tenants.ListAsync(cancellationToken)).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (context.IsJson)
        {
            context.WriteJson(new { context.Namespace, tenants = tenants.Select(pair => new { tenant = pair.Key, state = State(pair.Value), since = Since(pair.Value) }) });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("Tenant", "State", "Since");
        foreach (var (tenant, state) in tenants) table.AddRow(tenant, State(state), $"{Since(state):u}");
        context.Console.Write(table);
        return ExitCode.Done;
    }

    private static async Task<int> ChangeAsync(
        ToolContext context, string tenant, string done, string? question, Func<TenantState, StoreTime, TenantState> change, CancellationToken cancellationToken)
    {
        TenantName.Require(tenant);
        await using var session = RingSession.Open(context);
        if (question is not null) await context.ConfirmAsync($"{question} the tenant '{tenant}' of the namespace '{context.Namespace}'?", cancellationToken);
        await session.ChangeTenantAsync(tenant, change, cancellationToken);
        if (context.IsJson) context.WriteJson(new { context.Namespace, tenant, state = done });
        else context.WriteLine($"The tenant '{tenant}' of the namespace '{context.Namespace}' is {done}.");
        return ExitCode.Done;
    }

    private static string State(TenantState state) => state.IsDeleted ? "deleted" : "revoked";

    private static DateTimeOffset Since(TenantState state) => state.Generation.ToDateTimeOffset();
}
