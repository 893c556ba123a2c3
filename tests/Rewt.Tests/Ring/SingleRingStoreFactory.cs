namespace Rewt.Tests.Ring;

/// <summary>Returns the store of a test for all options.</summary>
internal sealed class SingleRingStoreFactory(IRingStore store) : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) => store;
}
