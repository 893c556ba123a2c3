namespace Rewt.Internal;

/// <summary>A tenant that this instance knows: its generation, and the keys derived for it.</summary>
internal sealed class Tenant(string name)
{
    /// <summary>The keys that are kept: usually those of the current and of the previous secret.</summary>
    private const int MostKeys = 4;

    private readonly Lock _gate = new();
    private State _state = new(default, -1);
    private TenantSecurityKey[] _keys = [];

    public string Name => name;

    public TenantGeneration Generation => Volatile.Read(ref _state).Generation;

    /// <summary>The number of the check of the store in which the generation was read.</summary>
    public long Check => Volatile.Read(ref _state).Check;

    public TenantSecurityKey? Find(string keyId) => Array.Find(Volatile.Read(ref _keys), key => key.KeyId == keyId);

    public TenantSecurityKey? Find(string secretId, long generation)
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

    /// <summary>Adds what the store contains. A generation never decreases, unless it may be forgotten.</summary>
    /// <returns>The generation, which is newer than the store's if the store has lost a change.</returns>
    public TenantGeneration Learn(TenantGeneration stored, long check, long forgetBefore)
    {
        lock (_gate)
        {
            var known = _state.Generation;
            if (!known.IsDeleted && known.At < forgetBefore) known = default;
            _state = new State(known.IsNewerThan(stored) ? known : stored, Math.Max(check, _state.Check));
            return _state.Generation;
        }
    }

    private sealed record State(TenantGeneration Generation, long Check);
}
