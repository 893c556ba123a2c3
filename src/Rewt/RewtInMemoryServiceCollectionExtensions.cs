using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// The extension method <c>AddRewtInMemoryKeys</c>, which registers Rewt with keys in the memory of the process instead of Redis, for tests and for
/// applications that consist of one process.
/// </summary>
public static class RewtInMemoryServiceCollectionExtensions
{
    /// <summary>
    /// Registers the services that sign and verify, with keys in the memory of this process. Use this method for tests, and for an application whose
    /// parts call each other within one process. Other processes do not share the keys. The keys are lost when the process ends.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Configures the settings, which take precedence over the configuration section <c>Rewt</c>.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtInMemoryKeys(this IServiceCollection services, Action<RewtOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        RewtCore.Add(services, string.Empty, configure);
        services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory, InMemoryRingStoreFactory>());
        return services;
    }
}
