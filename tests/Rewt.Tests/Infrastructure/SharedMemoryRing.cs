namespace Rewt.Tests.Infrastructure;

/// <summary>One ring in memory for several containers of a test, with a secret that the test knows.</summary>
internal sealed class SharedMemoryRing : IRingStoreFactory
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public SharedMemoryRing(TimeProvider? time = null)
    {
        Store = new InMemoryRingStore(time ?? TimeProvider.System);
        Used = new InMemoryOneTimeStore(time ?? TimeProvider.System);
        Store.Set(Secret.CopyBytes(), Lifetime);
    }

    public Secret Secret { get; } = Secret.Generate();

    public InMemoryRingStore Store { get; }

    public InMemoryOneTimeStore Used { get; }

    public IRingStore Open(RewtOptions options) => Store;

    public IOneTimeStore OpenOneTime(RewtOptions options) => Used;
}
