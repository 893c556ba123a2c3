namespace Rewt.Internal;

/// <summary>
/// Opens the store that contains the trusted apps of a namespace. An implementation opens a store in Redis, in memory or for a test. The opening
/// itself does not connect to a server.
/// </summary>
internal interface IAppStoreFactory
{
    IAppStore Open(RewtOptions options);
}
