namespace Rewt.Internal;

/// <summary>
/// The keepers of one namespace: one for the keys it signs with, and one for the other kind of keys where those are accepted too. Each is opened on
/// first use.
/// </summary>
internal sealed class RingKeepers(Func<RingKeeper> own, Func<RingKeeper>? other)
{
    private readonly Lazy<RingKeeper> _own = new(own);
    private readonly Lazy<RingKeeper>? _other = other is null ? null : new Lazy<RingKeeper>(other);

    public RingKeeper Own => _own.Value;

    public RingKeeper? Other => _other?.Value;

    public IEnumerable<RingKeeper> All => new[] { Own, Other }.OfType<RingKeeper>();

    /// <summary>The keepers that have been opened.</summary>
    public IEnumerable<RingKeeper> Opened => new[] { _own, _other }.OfType<Lazy<RingKeeper>>().Where(keeper => keeper.IsValueCreated).Select(keeper => keeper.Value);

    /// <summary>Selects the keeper by the format of the key id. A token without a key id belongs to the shared secret.</summary>
    public RingKeeper Of(string? keyId) => Other is { } other && (keyId is null ? other.TakesKeyless : other.IsPossible(keyId)) ? other : Own;
}
