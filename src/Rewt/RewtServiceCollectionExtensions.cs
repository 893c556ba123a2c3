using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// The extension methods <c>AddRewtKeys</c>, which register the services that sign and verify with a namespace's keys in Redis, but no authentication
/// scheme or HTTP client.
/// </summary>
public static class RewtServiceCollectionExtensions
{
    /// <summary>
    /// Registers the services that use the keys of a namespace in Redis: <see cref="IRewtTokens"/>, <see cref="IRewtSignedData"/> and
    /// <see cref="IRewtKeyRing"/>. No authentication scheme is registered. The settings come from the configuration section <c>Rewt</c>. The
    /// application starts without waiting for Redis. <c>AddRewtAuthentication</c> and <c>AddRewtSigning</c> call this method. The method can be
    /// called several times: a later call only adds its settings.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services) => services.AddRewtKeys(Options.Options.DefaultName);

    /// <summary>Registers the services that use the keys of a namespace in Redis, with settings from code.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Configures the settings. Settings from code take precedence over the configuration.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services, Action<RewtOptions> configure) =>
        services.AddRewtKeys(Options.Options.DefaultName, configure);

    /// <summary>Registers the services that use the keys of a namespace in Redis, with settings from a configuration section.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services, IConfiguration configuration) =>
        services.AddRewtKeys(Options.Options.DefaultName, configuration);

    /// <summary>
    /// Registers the services of an additional trust domain, which has its own namespace and settings. The settings come from the configuration
    /// section <c>Rewt:Schemes:{name}</c>. The services are keyed services with the name as the key.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the trust domain, which is also the name of its scheme. The name <c>Rewt</c> is the main scheme, whose services have no key.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        RewtCore.Add(services, SchemeNames.OptionsNameOf(name), null);
        services.TryAddSingleton<IRingStoreFactory, RedisRingStoreFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, RedisOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisSourceLogger>());
        return services;
    }

    /// <summary>Registers the services of an additional trust domain, with settings from code.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the trust domain, which is also the name of its scheme. The name <c>Rewt</c> is the main scheme, whose services have no key.</param>
    /// <param name="configure">Configures the settings. Settings from code take precedence over the configuration.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services, string name, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddRewtKeys(name).Configure(SchemeNames.OptionsNameOf(name), configure);
    }

    /// <summary>Registers the services of an additional trust domain, with settings from a configuration section.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the trust domain, which is also the name of its scheme. The name <c>Rewt</c> is the main scheme, whose services have no key.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section
    /// <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtKeys(this IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddRewtKeys(name, options => options.Bind(configuration));
    }
}
