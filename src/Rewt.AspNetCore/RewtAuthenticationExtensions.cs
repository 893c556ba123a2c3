using System.ComponentModel;
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

/// <summary>Extension methods that add the authentication schemes of Rewt, or set the function that selects the tenant of a request.</summary>
public static class RewtAuthenticationExtensions
{
    private const string NotOnServices =
        "AddRewt is a method of the authentication builder. In a service that receives calls, call services.AddRewtAuthentication(). In a program that only sends calls, call services.AddRewtKeys().";

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> and makes it the default scheme if none is set. The settings of the keys come
    /// from the configuration section <c>Rewt</c>. The settings of JwtBearer come from the section <c>Authentication:Schemes:Rewt</c>. The
    /// application starts without waiting for Redis.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services) => services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme);

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> with settings from code, and makes it the default scheme if none is set.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the settings of the keys. Settings from code take precedence over the configuration. To configure JwtBearer
    /// and its events, use <c>Configure&lt;JwtBearerOptions&gt;("Rewt", …)</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, Action<RewtOptions> configure) =>
        services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme, configure);

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> with settings from a configuration section, and makes it the default scheme if
    /// none is set.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, IConfiguration configuration) =>
        services.AddRewtAuthentication(RewtDefaults.AuthenticationScheme, configuration);

    /// <summary>Adds a scheme with the given name and makes it the default scheme if none is set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The name of the scheme. The settings of the keys come from the configuration section
    /// <c>Rewt:Schemes:{name}</c>.</param>
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
    /// <param name="configure">Configures the settings of the keys. Settings from code take precedence over the configuration.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, string authenticationScheme, Action<RewtOptions> configure) =>
        services.AddRewtAuthentication(authenticationScheme).AddRewt(authenticationScheme, configure);

    /// <summary>Adds a scheme with the given name and settings from a section, and makes it the default scheme if none is set.</summary>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section
    /// <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The authentication builder, for further schemes.</returns>
    public static AuthenticationBuilder AddRewtAuthentication(this IServiceCollection services, string authenticationScheme, IConfiguration configuration) =>
        services.AddRewtAuthentication(authenticationScheme).AddRewt(authenticationScheme, configuration);

    /// <summary>This method only explains which method to call instead, because <c>AddRewt</c> is a method of the authentication builder.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the settings of the keys.</param>
    /// <returns>The method never returns.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete(NotOnServices, error: true)]
    public static IServiceCollection AddRewt(this IServiceCollection services, Action<RewtOptions>? configure = null) => throw new NotSupportedException(NotOnServices);

    /// <inheritdoc cref="AddRewt(IServiceCollection, Action{RewtOptions}?)"/>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section that contains the settings.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete(NotOnServices, error: true)]
    public static IServiceCollection AddRewt(this IServiceCollection services, IConfiguration configuration) => throw new NotSupportedException(NotOnServices);

    /// <inheritdoc cref="AddRewt(IServiceCollection, Action{RewtOptions}?)"/>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The name of the scheme.</param>
    /// <param name="configure">Configures the settings of the keys.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete(NotOnServices, error: true)]
    public static IServiceCollection AddRewt(this IServiceCollection services, string authenticationScheme, Action<RewtOptions>? configure = null) => throw new NotSupportedException(NotOnServices);

    /// <inheritdoc cref="AddRewt(IServiceCollection, Action{RewtOptions}?)"/>
    /// <param name="services">The services.</param>
    /// <param name="authenticationScheme">The name of the scheme.</param>
    /// <param name="configuration">The section that contains the settings.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete(NotOnServices, error: true)]
    public static IServiceCollection AddRewt(this IServiceCollection services, string authenticationScheme, IConfiguration configuration) => throw new NotSupportedException(NotOnServices);

    /// <summary>Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/> to an application that also uses other schemes.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder) => builder.AddRewt(RewtDefaults.AuthenticationScheme);

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/>, with settings from code, to an application that also uses other schemes.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configure">Configures the settings of the keys. Settings from code take precedence over the configuration.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, Action<RewtOptions> configure) =>
        builder.AddRewt(RewtDefaults.AuthenticationScheme, configure);

    /// <summary>
    /// Adds the scheme <see cref="RewtDefaults.AuthenticationScheme"/>, with settings from a configuration section, to an application that also uses
    /// other schemes.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section <c>Rewt</c>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, IConfiguration configuration) =>
        builder.AddRewt(RewtDefaults.AuthenticationScheme, configuration);

    /// <summary>Adds a scheme with the given name and settings from code.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configure">Configures the settings of the keys. Settings from code take precedence over the configuration.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, Action<RewtOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.AddRewt(authenticationScheme).Services.Configure(SchemeNames.OptionsNameOf(authenticationScheme), configure);
        return builder;
    }

    /// <summary>Adds a scheme with the given name and settings from a configuration section.</summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The scheme's name.</param>
    /// <param name="configuration">The section that contains the settings. This section takes precedence over the section
    /// <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.AddRewt(authenticationScheme, options => options.Bind(configuration));
    }

    /// <summary>
    /// Adds a scheme with the given name. Each scheme is a trust domain with its own namespace, and can have its own lifetimes of keys and tokens.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The name of the scheme. The settings of the scheme <c>Rewt</c> come from the section <c>Rewt</c>. The
    /// settings of any other scheme come from the section <c>Rewt:Schemes:{name}</c>.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static AuthenticationBuilder AddRewt(this AuthenticationBuilder builder, string authenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);

        var services = builder.Services.AddRewtKeys(SchemeNames.OptionsNameOf(authenticationScheme));
        if (services.Any(service => service.ImplementationInstance is RewtScheme scheme && scheme.Name == authenticationScheme)) return builder;

        services.AddSingleton(new RewtScheme(authenticationScheme));
        if (services.All(service => service.ImplementationType != typeof(RewtBearerSetup)))
        {
            // The setup is registered first, so that the configuration and the delegates of the application override its defaults.
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<JwtBearerOptions>, RewtBearerSetup>());
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtOptions>, BearerSectionValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JwtBearerOptions>, BearerOptionsValidator>());
        services.AddOptions<JwtBearerOptions>(authenticationScheme).ValidateOnStart();
        // AddJwtBearer binds Authentication:Schemes; only the handler of the scheme is replaced.
        builder.AddJwtBearer(authenticationScheme, static _ => { });
        services.PostConfigure<JwtBearerOptions>(authenticationScheme, static options =>
        {
            // Without an instance, the base class creates an events object for each request.
            if (options.EventsType is null) options.Events ??= new JwtBearerEvents();
        });
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
    /// Sets the function that returns the tenant of a received request (<see cref="RewtOptions.Tenants"/>). A token of another tenant is refused. If
    /// the function returns no tenant, every token is refused. A scheme without such a function accepts the tokens of all tenants.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="selector">Returns the tenant of a request, for example from the route (<c>context.Request.RouteValues["tenant"] as string</c>),
    /// the host or a header. The function is called for each request with a token. Names of tenants are case-sensitive, so convert a host name to
    /// lower case.</param>
    /// <param name="authenticationScheme">The scheme that the function applies to. Default: <see cref="RewtDefaults.AuthenticationScheme"/>.</param>
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
    /// Sets the function that returns the tenant whose key signs a request of this client (<see cref="RewtOptions.Tenants"/>). The function gets the
    /// <see cref="HttpContext"/> of the request that this service is processing. The function is not called if the request of the client sets a tenant
    /// with <c>SetRewtTenant</c>. If the service sends a request while it is not processing one, for example in a background task, the function is not
    /// called, and no tenant is set.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="selector">Returns the tenant, for example <c>context.User.FindFirst("tenant")?.Value</c>. The function is called for each outgoing
    /// request whose tenant is not set yet.</param>
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
