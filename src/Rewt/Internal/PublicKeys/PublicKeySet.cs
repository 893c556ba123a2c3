using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>The good keys of a source by key id, and those that were refused.</summary>
internal sealed class PublicKeySet
{
    private readonly FrozenDictionary<string, PublicKey> _byKeyId;

    /// <exception cref="ArgumentException">Two keys have one key id.</exception>
    public PublicKeySet(IReadOnlyList<PublicKey> keys, IReadOnlyList<RefusedKey> refused)
    {
        (Keys, Refused) = (keys, refused);
        _byKeyId = keys.Select(key => KeyValuePair.Create(key.KeyId, key)).ToFrozenDictionary(StringComparer.Ordinal);
        if (_byKeyId.Count != keys.Count) throw new ArgumentException("Two keys have one key id.", nameof(keys));
    }

    public IReadOnlyList<PublicKey> Keys { get; }

    public IReadOnlyList<RefusedKey> Refused { get; }

    /// <summary>The same set with the objects of the one before where the keys are the same: what is cached with a key lives as long as the key does.</summary>
    public PublicKeySet Keeping(PublicKeySet? before) => before is null
        ? this
        : new PublicKeySet([.. Keys.Select(key => before.Find(key.KeyId) is { } known && known.Thumbprint == key.Thumbprint && known.Algorithm == key.Algorithm ? known : key)], Refused);

    public PublicKey? Find(string keyId) => _byKeyId.GetValueOrDefault(keyId);
}
