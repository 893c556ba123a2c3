using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>Registers what judges API keys, on the main ring's namespace; a store is for the caller to register.</summary>
internal static class AppCore
{
    /// <summary>Harmless when called twice.</summary>
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton(provider => new AppKeeper(
            provider.GetRequiredKeyedService<RewtOptions>(string.Empty),
            provider.GetRequiredKeyedService<IAppStore>(string.Empty),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AppKeeper>>()));
        services.TryAddSingleton(provider => new AppUseLog(
            provider.GetRequiredKeyedService<IAppStore>(string.Empty),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AppUseLog>>()));
        services.TryAddSingleton<ApiKeyChecker>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AppService>());
    }
}
