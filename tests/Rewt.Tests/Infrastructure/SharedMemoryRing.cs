namespace Rewt.Tests.Infrastructure;

/// <summary>An in-memory key ring with a known secret that several service containers of a test share.</summary>
internal sealed class SharedMemoryRing : IRingStoreFactory
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public SharedMemoryRing(TimeProvider? time = null)
    {
        Store = new InMemoryRingStore(time ?? TimeProvider.System);
        OneTimeStore = new InMemoryOneTimeStore(time ?? TimeProvider.System);
        Store.Set(Secret.CopyBytes(), Lifetime);
    }

    public Secret Secret { get; } = Secret.Generate();

    public InMemoryRingStore Store { get; }

    public InMemoryOneTimeStore OneTimeStore { get; }

    public IRingStore Open(RewtOptions options) => Store;

    public IOneTimeStore OpenOneTime(RewtOptions options) => OneTimeStore;
}
