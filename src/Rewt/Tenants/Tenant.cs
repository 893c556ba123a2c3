namespace Rewt.Internal;

/// <summary>A tenant in the cache of this instance: the last known state of the tenant, and the keys that were derived for it.</summary>
internal sealed class Tenant(string name)
{
    /// <summary>
    /// The maximum number of keys that are kept. Usually, a tenant has two keys: one from the current secret and one from the previous secret.
    /// </summary>
    private const int MostKeys = 4;

    private readonly Lock _gate = new();
    private CheckedState _state = new(default, -1);
    private TenantSecurityKey[] _keys = [];

    public string Name => name;

    public TenantState State => Volatile.Read(ref _state).State;

    /// <summary>The number of a check of the store, as counted by <see cref="TenantCache"/>. The state is at least as recent as this check.</summary>
    public long Check => Volatile.Read(ref _state).Check;

    public TenantSecurityKey? Find(KeyId keyId) => Array.Find(Volatile.Read(ref _keys), key => key.Secret.KeyId == keyId);

    public TenantSecurityKey? Find(KeyId secretId, StoreTime generation)
    {
        foreach (var key in Volatile.Read(ref _keys))
        {
            if (key.Generation == generation && key.SecretId == secretId) return key;
        }

        return null;
    }

    /// <summary>Adds a key to the cache. The key must have signed a token, or have verified a signature.</summary>
    public TenantSecurityKey Keep(TenantSecurityKey key)
    {
        lock (_gate)
        {
            if (Find(key.Secret.KeyId) is { } kept) return kept;
            Volatile.Write(ref _keys, [key, .. _keys.Take(MostKeys - 1)]);
            return key;
        }
    }

    /// <summary>Records that a later check of the store found the state unchanged.</summary>
    public void Confirm(long check, long later)
    {
        lock (_gate)
        {
            if (_state.Check >= check) _state = _state with { Check = Math.Max(later, _state.Check) };
        }
    }

    /// <summary>Merges the stored state into the state of this tenant. A revocation before <paramref name="forgetBefore"/> is removed.</summary>
    /// <returns>The merged state, which differs from <paramref name="stored"/> if the store has lost a change.</returns>
    public TenantState Learn(TenantState stored, long check, StoreTime forgetBefore)
    {
        lock (_gate)
        {
            _state = new CheckedState(_state.State.Forget(forgetBefore).Merge(stored), Math.Max(check, _state.Check));
            return _state.State;
        }
    }

    /// <summary>
    /// The state of the tenant, and the number of the check in which it was read. <see cref="TenantCache"/> counts the checks of the store.
    /// </summary>
    private sealed record CheckedState(TenantState State, long Check);
}
