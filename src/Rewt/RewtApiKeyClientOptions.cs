namespace Rewt;

/// <summary>
/// Options of <c>AddRewtApiKey</c> for an <see cref="HttpClient"/> that sends the API key of a trusted app with each request: the key, and the
/// origins that may receive it.
/// </summary>
public sealed class RewtApiKeyClientOptions
{
    /// <summary>The API key of the trusted app, as it was printed when the key was created. Store the key like any other secret.</summary>
    /// <value>Default: the configuration value <c>Rewt:ApiKey</c>, also after the configuration is reloaded.</value>
    public string? ApiKey { get; set; }

    /// <summary>
    /// A delegate that returns the API key for each request, for example from a vault. Each call of the delegate receives the service provider of a new
    /// scope. The delegate takes precedence over <see cref="ApiKey"/>. If the delegate is set, the synchronous
    /// <see cref="HttpClient.Send(HttpRequestMessage)"/> throws.
    /// </summary>
    /// <value>Default: <see langword="null"/>.</value>
    public Func<IServiceProvider, CancellationToken, ValueTask<string>>? GetApiKey { get; set; }

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may receive the API key. A request to any other origin throws before any byte is sent. For
    /// redirects, service discovery and <c>ConfigureHttpClientDefaults</c>, see <see cref="RewtSigningOptions.AllowedOrigins"/>.
    /// </summary>
    /// <value>
    /// Default: the origin of the <see cref="HttpClient.BaseAddress"/> that <c>AddHttpClient</c> or <c>ConfigureHttpClient</c> sets. Without a base
    /// address, the origin that each request names.
    /// </value>
    public IList<string> AllowedOrigins { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "AllowedOrigins must be a list."); } = [];

    /// <summary>
    /// Allows this client to send the API key over plain HTTP to hosts other than loopback, and to loopback through a proxy. An attacker on the
    /// network path can then read and reuse the key.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Returns the name of the type, without the API key.</summary>
    public override string ToString() => nameof(RewtApiKeyClientOptions);

    /// <summary>
    /// Whether <see cref="ApiKey"/> was taken from the configuration. If so, the client uses the new key after the configuration is reloaded.
    /// </summary>
    internal bool IsConfigured { get; set; }
}
