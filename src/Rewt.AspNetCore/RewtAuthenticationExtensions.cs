using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add the authentication schemes of Rewt and select tenants.</summary>
public static class RewtAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> and makes it the default scheme if none is set. The key settings come from the
    /// configuration section <c>Rewt</c>, the JwtBearer settings from <c>Authentication:Schemes:Rewt</c>. The application starts without Redis.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services) => services.AddRewtAuthentication(static _ => { });

    /// <summary>Adds the scheme with settings from code. They take precedence over the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">
    /// Configures the key settings. Configure JwtBearer, including its events, with <c>Configure&lt;JwtBearerOptions&gt;("Rewt", …)</c>.
    /// </param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddAuthorization();
        services.PostConfigure<AuthenticationOptions>(options => options.DefaultScheme ??= RewtDefaults.AuthenticationScheme);
        return services.AddAuthentication().AddRewt(RewtDefaults.AuthenticationScheme, configure);
    }

    /// <summary>Adds the scheme with settings from a configuration section.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section. It takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddRewtAuthentication(options => options.Bind(configuration));
    }

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> beside other schemes.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder) => builder.AddRewt(RewtDefaults.AuthenticationScheme, static _ => { });

    /// <summary>
    /// Adds a scheme with the given name. Each scheme is a trust domain: it needs a namespace of its own, and its lifetimes can differ.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name, which is also the name of its options (see <c>AddRewt(name, …)</c>).</param>
    /// <param name="configure">Configures the key settings. They take precedence over the configuration.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        ArgumentNullException.ThrowIfNull(configure);

        var services = builder.Services.AddRewt(RewtSchemes.RingOf(authenticationScheme), configure);
        if (services.Any(service => service.ImplementationInstance is RewtScheme scheme && scheme.Name == authenticationScheme)) return builder;

        services.AddSingleton(new RewtScheme(authenticationScheme));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, BearerSectionValidator>());
        // AddJwtBearer binds Authentication:Schemes; only the handler of the scheme is replaced.
        builder.AddJwtBearer(authenticationScheme, static _ => { });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        services.Configure<AuthenticationOptions>(options => options.SchemeMap[authenticationScheme].HandlerType = typeof(RewtHandler));
        services.TryAddTransient<RewtHandler>();
        services.TryAddSingleton<RewtSchemes>();
        services.TryAddSingleton<IKeyDownload, KeyDownload>();
        services.AddHttpContextAccessor();
        services.TryAddSingleton<ICallerClaims, HttpCallerClaims>();
        services.TryAddSingleton<IAuditActor, HttpAuditActor>();
        return builder;
    }

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.ApiKeyScheme"/>, which accepts the API keys of trusted apps in <c>Authorization: ApiKey …</c> or
    /// <c>X-Api-Key</c>. The scheme <see cref="RewtDefaults.AuthenticationScheme"/> forwards requests with a key to it, so that one policy serves
    /// services and apps. If the request also carries a token, the token must have been issued to the same app. <see cref="IRewtApps"/> manages
    /// the apps of the main namespace.
    /// </summary>
    /// <param name="builder">The authentication builder that <c>AddRewtAuthentication</c> returns.</param>
    /// <param name="configure">Configures the options; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewtApiKeys(this AuthenticationBuilder builder, Action<RewtApiKeyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services.AddRewt();
        var options = services.AddOptions<RewtApiKeyOptions>(RewtDefaults.ApiKeyScheme).ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(TokenEndpoint))) return builder;

        AppCore.Add(services);
        services.AddAuthorization();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, ApiKeyRingValidator>());
        services.AddSingleton<TokenRateLimits>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<RefusalThrottle<string>>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, ApiKeyForwarding>());
        return builder.AddScheme<RewtApiKeyOptions, ApiKeyHandler>(RewtDefaults.ApiKeyScheme, null);
    }

    /// <summary>
    /// Selects the tenant of a request (<see cref="RewtOptions.Tenants"/>). A token of another tenant is rejected. If the selector returns no
    /// tenant, every token is rejected. Without a selector, a token of any tenant is accepted.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="selector">
    /// Reads the tenant from the route (<c>context.Request.RouteValues["tenant"] as string</c>), host or header; called for each request with a
    /// token. The comparison is case-sensitive, so convert a host name to lower case.
    /// </param>
    /// <param name="authenticationScheme">The scheme. Default: <see cref="RewtDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewtTenantSelector(
        this AuthenticationBuilder builder, Func<HttpContext, string?> selector, string authenticationScheme = RewtDefaults.AuthenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        builder.Services.AddSingleton(new TenantSelector(authenticationScheme, selector));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, TenantSelectorValidator>());
        return builder;
    }

    /// <summary>
    /// Selects the tenant whose key signs a client's requests (<see cref="RewtOptions.Tenants"/>), unless a request sets one with
    /// <c>SetRewtTenant</c>. The selector reads the <see cref="HttpContext"/> of the request that this service is processing. Outside a request
    /// it is not called, and no tenant is set.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="selector">Reads the tenant, for example <c>context.User.FindFirst("tenant")?.Value</c>; called for each request.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtTenantSelector(this IHttpClientBuilder builder, Func<HttpContext, string?> selector)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selector);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddOptions<RewtSigningOptions>(builder.Name ?? SigningRegistration.AllClients).Configure<IHttpContextAccessor>(
            (options, accessor) => options.TenantSelector = _ => accessor.HttpContext is { } context ? selector(context) : null);
        return builder;
    }
}
