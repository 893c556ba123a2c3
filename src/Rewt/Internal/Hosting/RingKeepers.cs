namespace Rewt.Internal;

/// <summary>Who keeps the keys of one namespace: those it signs with, and those of the other kind where they are accepted too. Each is opened on first use.</summary>
internal sealed class RingKeepers(Func<RingKeeper> own, Func<RingKeeper>? other)
{
    private readonly Lazy<RingKeeper> _own = new(own);
    private readonly Lazy<RingKeeper>? _other = other is null ? null : new Lazy<RingKeeper>(other);

    public RingKeeper Own => _own.Value;

    public RingKeeper? Other => _other?.Value;

    public IEnumerable<RingKeeper> All => new[] { Own, Other }.OfType<RingKeeper>();

    /// <summary>Those that are in use.</summary>
    public IEnumerable<RingKeeper> Opened => new[] { _own, _other }.OfType<Lazy<RingKeeper>>().Where(keeper => keeper.IsValueCreated).Select(keeper => keeper.Value);

    /// <summary>The form of a key id says which of the two it is of; a token that names none is of the shared secret.</summary>
    public RingKeeper Of(string? keyId) => Other is { } other && (keyId is null ? other.TakesKeyless : other.IsPossible(keyId)) ? other : Own;
}
