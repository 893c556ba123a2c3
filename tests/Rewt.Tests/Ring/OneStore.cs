namespace Rewt.Tests.Ring;

/// <summary>A factory of the one store that a test has made.</summary>
internal sealed class OneStore(IRingStore store) : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) => store;
}
