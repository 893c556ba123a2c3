using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Rewt key ring in Redis.</summary>
public static class RewtServiceCollectionExtensions
{
    /// <summary>
    /// Adds the keys of a namespace in Redis: <see cref="IRewtTokens"/>, <see cref="IRewtKeyRing"/>, <see cref="IRewtApps"/> and what keeps them. Settings come from the
    /// configuration section <c>Rewt</c>; nothing needs Redis when the application starts. Implied by <c>AddRewtAuthentication</c> and
    /// <c>AddRewtSigning</c>; harmless when called twice.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Settings; they go before the configuration.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRewt(this IServiceCollection services, Action<RewtOptions>? configure = null) =>
        services.AddRewt(Options.Options.DefaultName, configure);

    /// <summary>Adds the keys of a namespace in Redis with settings from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section itself; it goes before the section <c>Rewt</c>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRewt(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddRewt(options => options.Bind(configuration));
    }

    /// <summary>
    /// Adds a second trust domain under a name: its own namespace and lifetimes, from the section <c>Rewt:Schemes:{name}</c>. Its services are
    /// keyed by the name.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name.</param>
    /// <param name="configure">Settings; they go before the configuration.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRewt(this IServiceCollection services, string name, Action<RewtOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        RewtCore.Add(services, name, configure);
        services.TryAddSingleton<IRingStoreFactory, RedisRingStoreFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, RedisOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisStart>());
        AppStores.Add(services, name);
        return services;
    }
}
