using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Extension methods that add the authentication scheme for API keys, the service that manages trusted apps, and the token endpoint at which apps
/// exchange a key for a token.
/// </summary>
public static class RewtApiKeysExtensions
{
    /// <summary>
    /// Registers <see cref="IRewtApps"/>, which manages the trusted apps of a namespace. The method does not add the scheme that accepts API keys.
    /// <c>AddRewtApiKeys</c> calls this method for the main namespace.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the scheme whose namespace contains the apps. If a name is given, <see cref="IRewtApps"/> is registered as a
    /// keyed service, and the name is the service key. Default: the empty string, which selects the main namespace.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddRewtApps(this IServiceCollection services, string name = "")
    {
        services.AddRewtKeys(name);
        services.TryAddSingleton<IAppStoreFactory>(provider => provider.GetRequiredService<IRingStoreFactory>() is InMemoryRingStoreFactory
            ? new InMemoryAppStoreFactory()
            : ActivatorUtilities.CreateInstance<RedisAppStoreFactory>(provider));
        services.TryAddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<IAppStoreFactory>().Open(provider.GetRequiredKeyedService<RewtOptions>(name)));
        services.TryAddKeyedSingleton<IRewtApps>(name, (provider, _) => new RewtApps(
            provider.GetRequiredKeyedService<IAppStore>(name),
            provider.GetRequiredKeyedService<RewtOptions>(name),
            provider.GetRequiredService<TimeProvider>(),
            name.Length == 0 ? provider.GetService<TrustedAppProvider>() : null));
        if (name.Length == 0) services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IRewtApps>(name));
        return services;
    }

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.ApiKeyScheme"/>, which accepts the API keys of trusted apps in <c>Authorization: ApiKey …</c> or
    /// <c>X-Api-Key</c>. The scheme <see cref="RewtDefaults.AuthenticationScheme"/> forwards requests with an API key to the added scheme, so that
    /// one authorization policy applies to services and apps. If a request with an API key also contains a token, the token must have been issued to
    /// the same app. The method also registers <see cref="IRewtApps"/> for the main namespace.
    /// </summary>
    /// <param name="builder">The authentication builder that <c>AddRewtAuthentication</c> returns.</param>
    /// <param name="configure">Configures the options. With <see langword="null"/>, the default options apply.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewtApiKeys(this AuthenticationBuilder builder, Action<RewtApiKeyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services.AddRewtApps();
        var options = services.AddOptions<RewtApiKeyOptions>(RewtDefaults.ApiKeyScheme).ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(TokenEndpoint))) return builder;

        services.AddSingleton<TrustedAppProvider>();
        services.AddSingleton<IHealthSource>(provider => provider.GetRequiredService<TrustedAppProvider>());
        services.AddSingleton<AppUseLog>();
        services.AddSingleton<ApiKeyChecker>();
        services.AddHostedService<TrustedAppsHostedService>();
        services.AddAuthorization();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, ApiKeyTenantsValidator>());
        services.AddSingleton<ApiKeyRefusalLog>();
        services.AddSingleton<TokenRateLimits>();
        services.AddSingleton<TokenEndpoint>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, ApiKeyForwarding>());
        return builder.AddScheme<RewtApiKeyOptions, ApiKeyHandler>(RewtDefaults.ApiKeyScheme, null);
    }

    /// <summary>
    /// Maps the OAuth 2.0 token endpoint for trusted apps, with the client credentials grant (RFC 6749 §4.4). The client id is the id of the app, and
    /// the client secret is its API key. The app sends its id and its API key by Basic authentication, or as the form fields <c>client_id</c> and
    /// <c>client_secret</c>. The parameter <c>audience</c> (or <c>resource</c>, RFC 8707) names one of the app's audiences. The parameter <c>scope</c>
    /// names some of the app's scopes. The issued token is valid for <see cref="RewtOptions.TokenLifetime"/>. The application must call
    /// <c>AddRewtApiKeys</c>.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="pattern">The route pattern. Default: <c>/token</c>.</param>
    /// <returns>The convention builder of the endpoint.</returns>
    /// <exception cref="InvalidOperationException">The application has not called <c>AddRewtApiKeys</c>.</exception>
    public static IEndpointConventionBuilder MapRewtTokenEndpoint(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/token")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var endpoint = endpoints.ServiceProvider.GetService<TokenEndpoint>()
            ?? throw new InvalidOperationException("MapRewtTokenEndpoint requires API keys. Call AddRewtAuthentication().AddRewtApiKeys() first.");
        return endpoints.MapPost(pattern, (RequestDelegate)endpoint.HandleAsync).AllowAnonymous().DisableAntiforgery().WithDisplayName("Rewt token endpoint");
    }
}
