using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that replace Redis in a host under test with keys in memory.</summary>
public static class RewtTestingServiceCollectionExtensions
{
    /// <summary>
    /// Stores keys and trusted apps in <paramref name="ring"/> instead of Redis, and replaces <see cref="TimeProvider"/> with the clock of
    /// <paramref name="ring"/>. A test in the same process can call the host as a named service: <c>WithRewtIdentity</c> adds the tokens of the service
    /// to the requests of an <c>HttpClient</c>. Settings, schemes, policies and refusals are the same as in production, except that
    /// <see cref="RewtOptions.Identity"/> has no effect on key pairs. The method can be called before or after the registrations of the application. Do
    /// not deploy a service that calls this method: the service would share keys with no other service, and would refuse the tokens of all other
    /// services.
    /// </summary>
    /// <param name="services">The service collection of the host.</param>
    /// <param name="ring">The keys. Pass the same instance to all hosts that share keys. If <paramref name="ring"/> is <see langword="null"/>, a new
    /// test ring is added to the service container of the host.</param>
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
        services.PostConfigureAll<RewtOptions>(ClearCertificates);
        return services;

        // Adds the host to the test ring when its first store is opened.
        static TestStores Stores(IServiceProvider provider)
        {
            provider.GetRequiredService<TestHost>();
            return provider.GetRequiredService<RewtTestRing>().Stores;
        }
    }

    /// <summary>
    /// Clears the settings of the certificates that confirm key pairs in Redis, because the simulated services have no certificates. Keys from files or
    /// URLs are not simulated, so their certificates are still required.
    /// </summary>
    private static void ClearCertificates(RewtOptions options)
    {
        if (ConfiguredKeySource.IsConfigured(options)) return;
        foreach (var (own, initial) in Setting.Of(options).Zip(Setting.Of(new RewtOptions())).Where(pair => pair.First.Owner is RewtIdentityOptions)) own.Value = initial.Value;
    }
}
