namespace Rewt.Internal;

/// <summary>Opens the apps of a namespace; opening reaches no server.</summary>
internal interface IAppStoreFactory
{
    IAppStore Open(RewtOptions options);
}
