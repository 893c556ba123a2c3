using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Registers a ring and what works on it; a store is for the caller to register.</summary>
internal static class RewtCore
{
    /// <summary>Harmless when called twice for one name.</summary>
    public static void Add(IServiceCollection services, string name, Action<RewtOptions>? configure)
    {
        // The section is read before the application's own delegates, in whatever order registrations come.
        if (services.All(service => service.ServiceType != typeof(RingRegistry)))
        {
            services.AddOptions();
            services.AddLogging();
            services.AddSingleton<IConfigureOptions<RewtOptions>, RewtOptionsSetup>();
            services.AddSingleton<IPostConfigureOptions<RewtOptions>, RewtOptionsSetup>();
            services.AddSingleton<IValidateOptions<RewtOptions>, RewtOptionsValidator>();
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<RingRegistry>();
            services.AddSingleton<RingKeyResolver>();
            services.TryAddSingleton<IIssuerSigningKeyResolver>(provider => provider.GetRequiredService<RingKeyResolver>());
            services.AddMetrics();
            services.AddSingleton<RewtMetrics>();
            services.AddSingleton<RingGauges>();
            services.AddSingleton<DoctorReports>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RingService>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DoctorService>());
        }

        if (configure is not null) services.Configure(name, configure);
        if (services.Any(service => service.ImplementationInstance is RingRegistration registration && registration.Name == name)) return;

        services.AddSingleton(new RingRegistration(name));
        services.AddOptions<RewtOptions>(name).ValidateOnStart();
        services.AddKeyedSingleton(name, (provider, _) => Options(provider, name));
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<RingRegistry>().Keeper(Options(provider, name).Namespace));
        services.AddKeyedSingleton(name, (provider, _) => new TokenSigner(Keeper(provider, name), Options(provider, name), Time(provider)));
        services.AddKeyedSingleton<IRewtKeyRing>(name, (provider, _) => new KeyRing(Keeper(provider, name), provider.GetRequiredService<RingRegistry>().Other(Options(provider, name).Namespace), Time(provider)));
        services.AddKeyedSingleton<IRewtTokens>(name, (provider, _) => new RewtTokens(
            provider.GetRequiredKeyedService<TokenSigner>(name),
            provider.GetRequiredService<IIssuerSigningKeyResolver>(),
            Options(provider, name),
            Time(provider),
            Keeper(provider, name).Metrics));

        if (name.Length > 0) return;
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtKeyRing>(name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<IRewtTokens>(name));
    }

    private static RewtOptions Options(IServiceProvider provider, string name) => provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().Get(name);

    private static RingKeeper Keeper(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<RingKeeper>(name);

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
