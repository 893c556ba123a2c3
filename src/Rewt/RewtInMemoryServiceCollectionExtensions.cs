using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Rewt without a Redis server.</summary>
public static class RewtInMemoryServiceCollectionExtensions
{
    /// <summary>
    /// Keeps the keys in this process's memory: for tests, and for an application whose parts call each other within one process. Keys are
    /// shared with nobody and gone when the process ends.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Settings; they go before the configuration section <c>Rewt</c>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRewtInMemory(this IServiceCollection services, Action<RewtOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        RewtCore.Add(services, string.Empty, configure);
        services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory, InMemoryRingStoreFactory>());
        services.Replace(ServiceDescriptor.Singleton<IAppStoreFactory, InMemoryAppStoreFactory>());
        return services;
    }
}
