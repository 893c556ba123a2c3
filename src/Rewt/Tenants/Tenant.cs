namespace Rewt.Internal;

/// <summary>A tenant in the cache of this instance: its last known state, and the keys that were derived for it.</summary>
internal sealed class Tenant(string name)
{
    /// <summary>The most keys that are kept. Usually these are the keys of the current and of the previous secret.</summary>
    private const int MostKeys = 4;

    private readonly Lock _gate = new();
    private CheckedState _state = new(default, -1);
    private TenantSecurityKey[] _keys = [];

    public string Name => name;

    public TenantState State => Volatile.Read(ref _state).State;

    /// <summary>The number of the check of the store in which the state was read.</summary>
    public long Check => Volatile.Read(ref _state).Check;

    public TenantSecurityKey? Find(string keyId) => Array.Find(Volatile.Read(ref _keys), key => key.KeyId == keyId);

    public TenantSecurityKey? Find(string secretId, StoreTime generation)
    {
        foreach (var key in Volatile.Read(ref _keys))
        {
            if (key.Generation == generation && key.SecretId == secretId) return key;
        }

        return null;
    }

    /// <summary>Keeps a key whose signature was verified or that signs.</summary>
    public TenantSecurityKey Keep(TenantSecurityKey key)
    {
        lock (_gate)
        {
            if (Find(key.KeyId) is { } kept) return kept;
            Volatile.Write(ref _keys, [key, .. _keys.Take(MostKeys - 1)]);
            return key;
        }
    }

    /// <summary>Records that a later check of the store has found the state unchanged.</summary>
    public void Confirm(long check, long later)
    {
        lock (_gate)
        {
            if (_state.Check >= check) _state = _state with { Check = Math.Max(later, _state.Check) };
        }
    }

    /// <summary>Merges the stored state into this one. Only a revocation that may be forgotten is removed.</summary>
    /// <returns>The state, which differs from the store's if the store has lost a change.</returns>
    public TenantState Learn(TenantState stored, long check, StoreTime forgetBefore)
    {
        lock (_gate)
        {
            _state = new CheckedState(_state.State.Forget(forgetBefore).Merge(stored), Math.Max(check, _state.Check));
            return _state.State;
        }
    }

    /// <summary>
    /// The state of the tenant, and the number of the check of the store (<see cref="TenantCache"/> counts them) in which it was read.
    /// </summary>
    private sealed record CheckedState(TenantState State, long Check);
}
