using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add the authentication schemes of Rewt, and functions that select the tenant of a request.</summary>
public static class RewtAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> and makes it the default scheme if none is set. The key settings come from the
    /// configuration section <c>Rewt</c>, the JwtBearer settings from <c>Authentication:Schemes:Rewt</c>. The application starts without Redis.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services) => services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme);

    /// <summary>Adds the scheme with settings from code, which take precedence over the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">
    /// Configures the key settings. Configure JwtBearer, including its events, with <c>Configure&lt;JwtBearerOptions&gt;("Rewt", …)</c>.
    /// </param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, Action<RewtOptions> configure) =>
        services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme, configure);

    /// <summary>Adds the scheme with settings from a configuration section.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section, which takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, IConfiguration configuration) =>
        services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme, configuration);

    /// <summary>Adds a scheme with the given name and makes it the default scheme if none is set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The scheme's name; its settings come from <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, string authenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddAuthorization();
        services.PostConfigure<AuthenticationOptions>(options => options.DefaultScheme ??= authenticationScheme);
        return services.AddAuthentication().AddRewt(authenticationScheme);
    }

    /// <summary>Adds a scheme with the given name and settings from code, and makes it the default scheme if none is set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configure">Configures the key settings, which take precedence over the configuration.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, string authenticationScheme, Action<RewtOptions> configure) =>
        services.AddRewtAuthentication(authenticationScheme).AddRewt(authenticationScheme, configure);

    /// <summary>Adds a scheme with the given name and settings from a section, and makes it the default scheme if none is set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configuration">The section, which takes precedence over the section <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, string authenticationScheme, IConfiguration configuration) =>
        services.AddRewtAuthentication(authenticationScheme).AddRewt(authenticationScheme, configuration);

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> beside other schemes.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder) => builder.AddRewt(RewtDefaults.AuthenticationScheme);

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> beside other schemes, with settings from code.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configure">Configures the key settings, which take precedence over the configuration.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, Action<RewtOptions> configure) =>
        builder.AddRewt(RewtDefaults.AuthenticationScheme, configure);

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> beside other schemes, with settings from a configuration section.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configuration">The section, which takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, IConfiguration configuration) =>
        builder.AddRewt(RewtDefaults.AuthenticationScheme, configuration);

    /// <summary>Adds a scheme with the given name and settings from code.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configure">Configures the key settings, which take precedence over the configuration.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.AddRewt(authenticationScheme).Services.Configure(RewtSchemes.OptionsNameOf(authenticationScheme), configure);
        return builder;
    }

    /// <summary>Adds a scheme with the given name and settings from a configuration section.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configuration">The section, which takes precedence over the section <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.AddRewt(authenticationScheme, options => options.Bind(configuration));
    }

    /// <summary>
    /// Adds a scheme with the given name. Each scheme is a trust domain with its own namespace, and can have its own lifetimes.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">
    /// The scheme's name. The settings of the scheme <c>Rewt</c> come from the section <c>Rewt</c>, those of any other scheme from <c>Rewt:Schemes:{name}</c>.
    /// </param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);

        var services = builder.Services.AddRewtKeys(RewtSchemes.OptionsNameOf(authenticationScheme));
        if (services.Any(service => service.ImplementationInstance is RewtScheme scheme && scheme.Name == authenticationScheme)) return builder;

        services.AddSingleton(new RewtScheme(authenticationScheme));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, BearerSectionValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JwtBearerOptions>, BearerOptionsValidator>());
        services.AddOptions<JwtBearerOptions>(authenticationScheme).ValidateOnStart();
        // AddJwtBearer binds Authentication:Schemes; only the handler of the scheme is replaced.
        builder.AddJwtBearer(authenticationScheme, static _ => { });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        services.Configure<AuthenticationOptions>(options => options.SchemeMap[authenticationScheme].HandlerType = typeof(RewtHandler));
        services.TryAddTransient<RewtHandler>();
        services.TryAddSingleton<RewtSchemes>();
        services.TryAddSingleton<IKeyDownload, KeyDownload>();
        services.PostConfigure<AuthorizationOptions>(TokenRequirement.AddPolicies);
        services.AddHttpContextAccessor();
        services.TryAddSingleton<ICallerClaims, HttpCallerClaims>();
        services.TryAddSingleton<IAuditActor, HttpAuditActor>();
        return builder;
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
    /// Selects the tenant whose key signs a client's requests (<see cref="RewtOptions.Tenants"/>), unless a request sets a tenant with
    /// <c>SetRewtTenant</c>. The selector reads the <see cref="HttpContext"/> of the request that this service is processing. Outside a request
    /// the selector is not called, and no tenant is set.
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
