using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes an application accept the calls of services that sign with Rewt.</summary>
public static class RewtAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/>, the default one if none is set. Settings of the keys come from the
    /// configuration section <c>Rewt</c>, JwtBearer's own from <c>Authentication:Schemes:Rewt</c>; nothing needs Redis when the application
    /// starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services) => services.AddRewtAuthentication(static _ => { });

    /// <summary>Adds the scheme with settings from code; they go before the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Settings of the keys; JwtBearer's own, events among them, are <c>Configure&lt;JwtBearerOptions&gt;("Rewt", …)</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddAuthorization();
        services.PostConfigure<AuthenticationOptions>(options => options.DefaultScheme ??= RewtDefaults.AuthenticationScheme);
        return services.AddAuthentication().AddRewt(RewtDefaults.AuthenticationScheme, configure);
    }

    /// <summary>Adds the scheme with settings from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section itself; it goes before the section <c>Rewt</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddRewtAuthentication(options => options.Bind(configuration));
    }

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> beside others.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The builder.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder) => builder.AddRewt(RewtDefaults.AuthenticationScheme, static _ => { });

    /// <summary>Adds a scheme beside others. One of another name is a trust domain of its own: it needs a namespace of its own and may have other lifetimes.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name; also the name of its ring (see <c>AddRewt(name, …)</c>).</param>
    /// <param name="configure">Settings of the keys; they go before the configuration.</param>
    /// <returns>The builder.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        ArgumentNullException.ThrowIfNull(configure);

        var services = builder.Services.AddRewt(RewtSchemes.RingOf(authenticationScheme), configure);
        if (services.Any(service => service.ImplementationInstance is RewtScheme scheme && scheme.Name == authenticationScheme)) return builder;

        services.AddSingleton(new RewtScheme(authenticationScheme));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        // JwtBearer brings its own reading of Authentication:Schemes; only the handler of the scheme is ours.
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
    /// Accepts the API keys of trusted apps, in <c>Authorization: ApiKey …</c> or <c>X-Api-Key</c>: the scheme <see cref="RewtDefaults.ApiKeyScheme"/>. The scheme
    /// <see cref="RewtDefaults.AuthenticationScheme"/> hands requests with a key over to it, so that one policy serves services and apps. A token on the
    /// same request must be one that the same app got for its key. <see cref="IRewtApps"/> manages the apps of the main namespace.
    /// </summary>
    /// <param name="builder">The authentication builder, as <c>AddRewtAuthentication</c> returns it.</param>
    /// <param name="configure">Settings.</param>
    /// <returns>The builder.</returns>
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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, ApiKeyForwarding>());
        return builder.AddScheme<RewtApiKeyOptions, ApiKeyHandler>(RewtDefaults.ApiKeyScheme, null);
    }

    /// <summary>
    /// Says whose a request is (<see cref="RewtOptions.Tenants"/>): a token of any other tenant is refused, and so is every token where this says nothing.
    /// Without it the tenant of the token alone counts.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="selector">
    /// Reads the tenant from the request's route (<c>context.Request.RouteValues["tenant"] as string</c>), host or header; asked at each request with a token.
    /// Names are compared as they are: bring a host to lower case.
    /// </param>
    /// <param name="authenticationScheme">The scheme.</param>
    /// <returns>The builder.</returns>
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
    /// Says whose keys sign the requests of a client (<see cref="RewtOptions.Tenants"/>) where a request does not say it with <c>SetRewtTenant</c>. It reads the
    /// <see cref="HttpContext"/> of the call that is being answered; where there is none, no tenant is named.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="selector">Reads the tenant, for example <c>context.User.FindFirst("tenant")?.Value</c>; asked at each request.</param>
    /// <returns>The client.</returns>
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
