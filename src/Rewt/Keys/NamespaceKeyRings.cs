namespace Rewt.Internal;

/// <summary>
/// The providers of one namespace: one for the keys it signs with, and one for the other kind of keys where those are accepted too. Each is opened on
/// first use.
/// </summary>
internal sealed class NamespaceKeyRings(Func<KeyRingProvider> own, Func<KeyRingProvider>? other)
{
    private readonly Lazy<KeyRingProvider> _own = new(own);
    private readonly Lazy<KeyRingProvider>? _other = other is null ? null : new Lazy<KeyRingProvider>(other);

    public KeyRingProvider Own => _own.Value;

    public KeyRingProvider? Other => _other?.Value;

    public IEnumerable<KeyRingProvider> All => new[] { Own, Other }.OfType<KeyRingProvider>();

    /// <summary>The providers that have been opened.</summary>
    public IEnumerable<KeyRingProvider> Opened => new[] { _own, _other }.OfType<Lazy<KeyRingProvider>>().Where(keyRing => keyRing.IsValueCreated).Select(keyRing => keyRing.Value);

    /// <summary>Selects the provider by the format of the key id. A token without a key id belongs to the shared secret.</summary>
    public KeyRingProvider Of(string? keyId) => Other is { } other && (keyId is null ? other.TakesKeyless : other.IsPossible(keyId)) ? other : Own;
}
