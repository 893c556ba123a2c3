using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a host under test on keys in memory.</summary>
public static class RewtTestingServiceCollectionExtensions
{
    /// <summary>
    /// The host takes its keys and trusted apps from <paramref name="ring"/> instead of Redis, its <see cref="TimeProvider"/> is the ring's clock, and clients of this process
    /// may call it <c>WithRewtIdentity</c>. All else is as in production: settings, schemes, policies, refusals. It may stand before or after the application's own registrations.
    /// For tests only: a deployed service with it would share keys with nobody and refuse every call.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="ring">Keys that several hosts share, or that the test has at hand; by default the host gets its own, found in its container.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRewtTesting(this IServiceCollection services, RewtTestRing? ring = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.Replace(ring is null ? ServiceDescriptor.Singleton(_ => new RewtTestRing()) : ServiceDescriptor.Singleton(ring));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(provider => provider.GetRequiredService<RewtTestRing>().Clock));
        services.Replace(ServiceDescriptor.Singleton(provider => provider.GetRequiredService<RewtTestRing>().Join(provider)));
        services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(Stores));
        services.Replace(ServiceDescriptor.Singleton<IAppStoreFactory>(Stores));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, TestIdentityFilter>());
        return services;

        // Whoever opens a store is known to the ring from then on.
        static TestStores Stores(IServiceProvider provider)
        {
            provider.GetRequiredService<TestHost>();
            return provider.GetRequiredService<RewtTestRing>().Stores;
        }
    }
}
