namespace Rewt.Tests.Tenants;

/// <summary>Wraps a store of tenants with hooks that delay or replace the answers.</summary>
internal sealed class HookedTenantStore(ITenantStore store) : ITenantStore
{
    /// <summary>Gets a function that runs after the states of tenants were read and before they are returned.</summary>
    public Func<Task>? AfterFind { get; init; }

    /// <summary>Gets a callback that runs after a write was executed and before it is answered.</summary>
    public Action? AfterMerge { get; init; }

    public async Task<IReadOnlyList<TenantState>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        var states = await store.FindAsync(tenants, cancellationToken);
        if (AfterFind is not null) await AfterFind();
        return states;
    }

    public Task<IReadOnlyDictionary<string, TenantState>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    public Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken) => store.ListWritesAsync(stamp, cancellationToken);

    public async Task MergeAsync(IReadOnlyDictionary<string, TenantState> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken)
    {
        await store.MergeAsync(states, by, forgetBefore, cancellationToken);
        AfterMerge?.Invoke();
    }
}
