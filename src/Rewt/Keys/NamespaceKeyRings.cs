namespace Rewt.Internal;

/// <summary>
/// The one or two key rings of a namespace, each of which is created on first use. The first key ring signs and verifies. If
/// <see cref="RewtOptions.AlsoAccept"/> is set, a second key ring verifies with the other kind of keys (shared secret or key pairs).
/// </summary>
internal sealed class NamespaceKeyRings(Func<KeyRingProvider> own, Func<KeyRingProvider>? other)
{
    private readonly Lazy<KeyRingProvider> _own = new(own);
    private readonly Lazy<KeyRingProvider>? _other = other is null ? null : new Lazy<KeyRingProvider>(other);

    public KeyRingProvider Own => _own.Value;

    public KeyRingProvider? Other => _other?.Value;

    public IEnumerable<KeyRingProvider> All => new[] { Own, Other }.OfType<KeyRingProvider>();

    /// <summary>The key rings that have been created.</summary>
    public IEnumerable<KeyRingProvider> Opened => new[] { _own, _other }.OfType<Lazy<KeyRingProvider>>().Where(keyRing => keyRing.IsValueCreated).Select(keyRing => keyRing.Value);

    /// <summary>
    /// Returns the key ring to which a key id belongs, by the format of the key id. A token without a key id belongs to the shared secret.
    /// </summary>
    public KeyRingProvider Of(KeyId? keyId) => Other is { } other && (keyId is { } named ? other.IsPossible(named) : other.TakesKeyless) ? other : Own;
}
