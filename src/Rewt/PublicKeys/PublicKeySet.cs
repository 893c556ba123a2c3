using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>The public keys from one file, URL or setting: the accepted keys by key id, and the refused keys with the reasons.</summary>
internal sealed class PublicKeySet
{
    private readonly FrozenDictionary<KeyId, PublicKey> _byKeyId;

    /// <exception cref="ArgumentException">Two keys have the same key id.</exception>
    public PublicKeySet(IReadOnlyList<PublicKey> keys, IReadOnlyList<RefusedKey> refused)
    {
        (Keys, Refused) = (keys, refused);
        _byKeyId = keys.Select(key => KeyValuePair.Create(key.KeyId, key)).ToFrozenDictionary();
        if (_byKeyId.Count != keys.Count) throw new ArgumentException("Two keys have one key id.", nameof(keys));
    }

    public IReadOnlyList<PublicKey> Keys { get; }

    public IReadOnlyList<RefusedKey> Refused { get; }

    /// <summary>
    /// The refused keys that are reported to an operator. If the set contains a usable key, keys of an unsupported kind are not reported.
    /// </summary>
    public IEnumerable<RefusedKey> Faulty => Keys.Count == 0 ? Refused : Refused.Where(key => !key.IsUnsupported);

    /// <summary>The attestations of the keys, by key id.</summary>
    public IReadOnlyDictionary<KeyId, KeyAttestation> Attestations { get; init; } = ImmutableDictionary<KeyId, KeyAttestation>.Empty;

    /// <summary>
    /// Returns this set, with the key objects of <paramref name="before"/> for all unchanged keys. Data that is cached for a key object therefore stays
    /// valid as long as the key does not change.
    /// </summary>
    public PublicKeySet Keeping(PublicKeySet? before) => before is null
        ? this
        : new PublicKeySet([.. Keys.Select(key => before.Find(key.KeyId) is { } known && known.Thumbprint == key.Thumbprint && known.Algorithm == key.Algorithm ? known : key)], Refused) { Attestations = Attestations };

    public PublicKey? Find(KeyId keyId) => _byKeyId.GetValueOrDefault(keyId);
}
