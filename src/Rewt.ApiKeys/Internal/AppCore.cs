using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Registers the services that check API keys, on the namespace of the default scheme, in the service collection. The caller registers the store.
/// </summary>
internal static class AppCore
{
    /// <summary>Adds the services. Further calls have no effect.</summary>
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new TrustedAppProvider(
            provider.GetRequiredKeyedService<RewtOptions>(string.Empty),
            provider.GetRequiredKeyedService<IAppStore>(string.Empty),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrustedAppProvider>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthSource, TrustedAppProvider>(provider => provider.GetRequiredService<TrustedAppProvider>()));
        services.TryAddSingleton(provider => new AppUseLog(
            provider.GetRequiredKeyedService<IAppStore>(string.Empty),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AppUseLog>>()));
        services.TryAddSingleton<ApiKeyChecker>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AppService>());
    }
}
