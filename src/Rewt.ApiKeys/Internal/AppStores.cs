using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Rewt.Internal;

/// <summary>
/// Registers the key rings' stores of trusted apps and the service <see cref="IRewtApps"/> that manages them. A store is opened on first use.
/// </summary>
internal static class AppStores
{
    /// <summary>Adds the services. Further calls for the same name have no effect.</summary>
    public static void Add(IServiceCollection services, string name)
    {
        services.TryAddSingleton<IAppStoreFactory>(provider => provider.GetRequiredService<IRingStoreFactory>() is InMemoryRingStoreFactory
            ? new InMemoryAppStoreFactory()
            : ActivatorUtilities.CreateInstance<RedisAppStoreFactory>(provider));
        services.TryAddKeyedSingleton(name, (provider, _) =>
            provider.GetRequiredService<IAppStoreFactory>().Open(provider.GetRequiredKeyedService<RewtOptions>(name)));
        services.TryAddKeyedSingleton<IRewtApps>(name, (provider, _) => new RewtApps(
            provider.GetRequiredKeyedService<IAppStore>(name),
            provider.GetRequiredKeyedService<RewtOptions>(name),
            provider.GetRequiredService<TimeProvider>(),
            name.Length == 0 ? provider.GetService<TrustedAppProvider>() : null));
        if (name.Length == 0) services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IRewtApps>(name));
    }
}
