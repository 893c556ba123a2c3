namespace Rewt.Internal;

/// <summary>
/// Opens the in-memory stores that replace Redis. All hosts of a <see cref="RewtTestRing"/> share these stores. The stores fail during a simulated
/// outage.
/// </summary>
internal sealed class TestStores(TimeProvider time) : IRingStoreFactory, IAppStoreFactory
{
    private readonly InMemoryAppStoreFactory _apps = new();

    /// <summary>The key stores of the simulated services. A simulated outage does not affect these stores.</summary>
    public InMemoryRingStoreFactory Rings { get; } = new(time);

    public Outage Outage { get; } = new();

    public string Name => Rings.Name;

    public IRingStore Open(RewtOptions options) => OutageStore<IRingStore>.Of(Rings.Open(options), Outage);

    public IOneTimeStore OpenOneTime(RewtOptions options) => OutageStore<IOneTimeStore>.Of(Rings.OpenOneTime(options), Outage);

    public IPairStore OpenPairs(RewtOptions options) => OutageStore<IPairStore>.Of(Rings.OpenPairs(options), Outage);

    IAppStore IAppStoreFactory.Open(RewtOptions options) => OutageStore<IAppStore>.Of(_apps.Open(options), Outage);
}
