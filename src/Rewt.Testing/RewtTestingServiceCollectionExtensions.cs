using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that replace Redis in a host under test with keys in memory.</summary>
public static class RewtTestingServiceCollectionExtensions
{
    /// <summary>
    /// Replaces Redis with <paramref name="ring"/> for keys and trusted apps, and replaces <see cref="TimeProvider"/> with the clock of
    /// <paramref name="ring"/>. In the test process, a client can call the host with <c>WithRewtIdentity</c>. Settings, schemes, policies and refusals
    /// are the same as in production. The method can be called before or after the registrations of the application. Do not deploy a service that
    /// calls this method: it shares keys with no other service, and refuses the tokens of all other services.
    /// </summary>
    /// <param name="services">The service collection of the host.</param>
    /// <param name="ring">The keys. Pass the same instance to all hosts that share keys. Default: a new test ring. The host's service container then
    /// contains the new <paramref name="ring"/>.</param>
    /// <returns>The service collection, so that calls can be chained.</returns>
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
