using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using Rewt;
using Rewt.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// The extension methods <c>AddRewtSigning</c> and <c>AddRewtApiKey</c>, which make an <see cref="HttpClient"/> send a signed token, or an API key,
/// with each request.
/// </summary>
public static class RewtHttpClientBuilderExtensions
{
    /// <summary>
    /// Adds a signed token to each request of this client. Any service of the namespace accepts the token. If the receiver reports that the signing
    /// key is no longer valid, the request is signed with a new key and sent once more. If no key is available, the request is not sent. With
    /// <see cref="KeyMode.KeyPair"/>, use an overload that sets the audience.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtSigning(this IHttpClientBuilder builder) => builder.AddRewtSigning(static _ => { });

    /// <summary>Adds a signed token to each request of this client. Only one service, the audience, accepts the token.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="audience">The <see cref="RewtOptions.ServiceName"/> of the service that is called.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtSigning(this IHttpClientBuilder builder, string audience)
    {
        ArgumentNullException.ThrowIfNull(audience);
        return builder.AddRewtSigning(options => options.Audience = audience);
    }

    /// <summary>
    /// Adds a signed token to each request of this client, with further options. Only one service, the audience, accepts the token.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="audience">The <see cref="RewtOptions.ServiceName"/> of the service that is called.</param>
    /// <param name="configure">Configures the other options. The options are validated when the application starts.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtSigning(this IHttpClientBuilder builder, string audience, Action<RewtSigningOptions> configure) =>
        builder.AddRewtSigning(audience).AddRewtSigning(configure);

    /// <summary>Adds a signed token to each request of this client, with options from code.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Configures the options. The options are validated when the application starts.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtSigning(this IHttpClientBuilder builder, Action<RewtSigningOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        var services = builder.Services.AddRewtKeys();
        var client = builder.Name ?? SigningRegistration.AllClients;
        services.AddOptions<RewtSigningOptions>(client).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtSigningOptions>, SigningOptionsValidator>());
        services.TryAddSingleton<SigningClients>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SigningStart>());
        services.TryAddSingleton<IKeyDownload, KeyDownload>();
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, ring) => new BearerTokenCache(
            provider.GetRequiredKeyedService<TokenSigners>(ring),
            provider.GetRequiredService<TimeProvider>()));

        if (!TryAdd(builder, new SigningRegistration(client))) return builder;
        return builder
            .AddHttpMessageHandler(provider => new RetryHandler(provider.GetRequiredService<SigningClients>().Get(client)))
            .AddHttpMessageHandler(provider => new SigningHandler(provider.GetRequiredService<SigningClients>().Get(client)));
    }

    /// <summary>
    /// Adds the API key of a trusted app to each request of this client (<c>Authorization: ApiKey …</c>). The key is the configuration value
    /// <c>Rewt:ApiKey</c>. The key is sent only to <see cref="RewtApiKeyClientOptions.AllowedOrigins"/>, and never to the target of a redirect. The
    /// client does not need Redis.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtApiKey(this IHttpClientBuilder builder) => builder.AddRewtApiKey(static _ => { });

    /// <summary>Adds the given API key to each request of this client.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="apiKey">The API key.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtApiKey(this IHttpClientBuilder builder, string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        return builder.AddRewtApiKey(options => options.ApiKey = apiKey);
    }

    /// <summary>Adds an API key to each request of this client, with options from code.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Sets the key and the allowed origins. The options are validated when the application starts.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    public static IHttpClientBuilder AddRewtApiKey(this IHttpClientBuilder builder, Action<RewtApiKeyClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        var services = builder.Services;
        var client = builder.Name ?? SigningRegistration.AllClients;
        services.AddOptions<RewtApiKeyClientOptions>(client).Configure(configure).PostConfigure<IServiceProvider>(TakeConfiguredKey).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RewtApiKeyClientOptions>, ApiKeyClientOptionsValidator>());
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);

        if (!TryAdd(builder, new ApiKeyRegistration(client))) return builder;
        return builder.AddHttpMessageHandler(provider =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<RewtApiKeyClientOptions>>().Get(client);
            var guard = ClientOrigins.Guard(provider, client, options.AllowedOrigins, options.AllowInsecureHttp, CredentialNaming.ApiKey);
            return new ApiKeyAttachingHandler(options, guard, provider.GetRequiredService<IServiceScopeFactory>(), provider.GetService<IConfiguration>());
        });
    }

    /// <summary>
    /// Adds the registration of a client, together with the services that both kinds of credentials need. Returns <see langword="false"/> if the client
    /// has the same registration already.
    /// </summary>
    private static bool TryAdd<T>(IHttpClientBuilder builder, T registration)
        where T : class
    {
        var services = builder.Services;
        services.TryAddSingleton<RefusalLog>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, SigningHandlerFilter>());
        if (services.Any(service => registration.Equals(service.ImplementationInstance))) return false;

        services.AddSingleton(registration);
        services.AddSingleton<IPostConfigureOptions<HttpClientFactoryOptions>>(new PostConfigureOptions<HttpClientFactoryOptions>(builder.Name, NeverLogTokens));
        return true;
    }

    private static void TakeConfiguredKey(RewtApiKeyClientOptions options, IServiceProvider services)
    {
        if (options.GetApiKey is not null || options.ApiKey is not null) return;
        (options.ApiKey, options.IsConfigured) = (services.GetService<IConfiguration>()?[ApiKeyAttachingHandler.Setting], true);
    }

    /// <summary>
    /// Redacts the header <c>Authorization</c> in the logs of <see cref="IHttpClientFactory"/>. At Trace level, these logs contain all headers. The
    /// redaction that the application configures might not include this header.
    /// </summary>
    private static void NeverLogTokens(HttpClientFactoryOptions options)
    {
        var redact = options.ShouldRedactHeaderValue;
        options.ShouldRedactHeaderValue = header => header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || redact(header);
    }
}
