using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Registers the services that the keys of one namespace need: the options and their validation, the key ring, the tokens, the metrics and the
/// background services. The store is not included: <c>AddRewtKeys</c> and <c>AddRewtInMemoryKeys</c> register it themselves.
/// </summary>
internal static class RewtCore
{
    /// <summary>
    /// Registers the services for a name. If the services are already registered for the name, the call only adds the delegate
    /// <paramref name="configure"/>.
    /// </summary>
    public static void Add(IServiceCollection services, string name, Action<RewtOptions>? configure)
    {
        // The setup must be registered first, so that the section is read before the application's delegates run, in whatever order registrations come.
        if (services.All(service => service.ServiceType != typeof(KeyRingRegistry)))
        {
            services.AddOptions();
            services.AddLogging();
            services.AddSingleton<IConfigureOptions<RewtOptions>, RewtOptionsSetup>();
            services.AddSingleton<IPostConfigureOptions<RewtOptions>, RewtOptionsSetup>();
            services.AddSingleton<IValidateOptions<RewtOptions>, RewtOptionsValidator>();
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<KeyRingRegistry>();
            services.AddSingleton<KeyRingResolver>();
            services.TryAddSingleton<IIssuerSigningKeyResolver>(provider => provider.GetRequiredService<KeyRingResolver>());
            services.AddMetrics();
            services.AddSingleton<RewtMetrics>();
            services.AddSingleton<RingGauges>();
            services.AddSingleton<DoctorReports>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RingHostedService>());
            services.AddSingleton<DoctorService>();
        }

        if (configure is not null) services.Configure(name, configure);
        if (services.Any(service => service.ImplementationInstance is RingRegistration registration && registration.Name == name)) return;

        services.AddSingleton(new RingRegistration(name));
        services.AddOptions<RewtOptions>(name).ValidateOnStart();
        services.AddKeyedSingleton(name, (provider, _) => Options(provider, name));
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<KeyRingRegistry>().Provider(Options(provider, name).Namespace));
        services.AddKeyedSingleton(name, (provider, _) => new TokenSigners(
            Provider(provider, name), Options(provider, name), Time(provider), provider.GetRequiredService<KeyRingRegistry>().Metrics(Options(provider, name).Namespace)));
        services.AddKeyedSingleton<IRewtKeyRing>(name, (provider, _) => new KeyRingService(Provider(provider, name), provider.GetRequiredService<KeyRingRegistry>().KeyRings(Options(provider, name).Namespace).Other, Options(provider, name), Time(provider)));
        services.AddKeyedSingleton(name, (provider, _) => new RewtTokens(
            () => Signers(provider, name).For(null),
            provider.GetRequiredService<IIssuerSigningKeyResolver>(),
            provider.GetRequiredService<KeyRingResolver>(),
            Options(provider, name),
            Time(provider),
            provider.GetRequiredService<KeyRingRegistry>().OneTime(Options(provider, name)),
            provider.GetRequiredService<KeyRingRegistry>().Metrics(Options(provider, name).Namespace)));
        services.AddKeyedSingleton<IRewtTokens>(name, (provider, _) => provider.GetRequiredKeyedService<RewtTokens>(name));
        services.AddKeyedSingleton<IRewtSignedData>(name, (provider, _) => provider.GetRequiredKeyedService<RewtTokens>(name));
        services.AddKeyedSingleton<IRewtTenants>(name, (provider, _) => new RewtTenants(
            Provider(provider, name).Tenants ?? throw new InvalidOperationException(
                $"The namespace '{Options(provider, name).Namespace}' has no tenants; set {Options(provider, name).Section}:Tenants:Enabled to true."),
            Signers(provider, name),
            provider.GetRequiredKeyedService<RewtTokens>(name)));

        if (name.Length > 0) return;
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtKeyRing>(name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtTokens>(name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtSignedData>(name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtTenants>(name));
    }

    private static RewtOptions Options(IServiceProvider provider, string name) => provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get(name);

    private static KeyRingProvider Provider(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<KeyRingProvider>(name);

    private static TokenSigners Signers(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<TokenSigners>(name);

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
