namespace Rewt.Internal;

/// <summary>Opens the app store of a namespace. Opening a store does not connect to a server.</summary>
internal interface IAppStoreFactory
{
    IAppStore Open(RewtOptions options);
}
