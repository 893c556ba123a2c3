namespace Rewt.Internal;

/// <summary>
/// Opens the store of the trusted apps of a namespace: in Redis, in memory, or that of a test. Opening a store does not connect to a server.
/// </summary>
internal interface IAppStoreFactory
{
    IAppStore Open(RewtOptions options);
}
