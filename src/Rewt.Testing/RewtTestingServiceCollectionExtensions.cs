using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that replace Redis in a host under test with keys in memory.</summary>
public static class RewtTestingServiceCollectionExtensions
{
    /// <summary>
    /// Replaces Redis with <paramref name="ring"/> for keys and trusted apps, and <see cref="TimeProvider"/> with its clock. Clients of this
    /// process can call the host with <c>WithRewtIdentity</c>. Everything else is as in production: settings, schemes, policies, refusals. The
    /// call may come before or after the application's own registrations. For tests only: a service that is deployed with this call shares keys with no
    /// other service and rejects every call.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="ring">
    /// The keys, shared by several hosts or used by the test. Default: a new instance for this host, available from the host's container.
    /// </param>
    /// <returns>The services, so that calls can be chained.</returns>
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

        // Adds the host to the test ring when its first store is opened.
        static TestStores Stores(IServiceProvider provider)
        {
            provider.GetRequiredService<TestHost>();
            return provider.GetRequiredService<RewtTestRing>().Stores;
        }
    }
}
