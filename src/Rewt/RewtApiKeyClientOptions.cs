namespace Rewt;

/// <summary>
/// Options of <c>AddRewtApiKey</c> for an <see cref="HttpClient"/> that sends the API key of a trusted app with each request: the key, and the
/// origins that may receive it.
/// </summary>
public sealed class RewtApiKeyClientOptions
{
    /// <summary>The API key, as printed when it was created. Store it like any other secret.</summary>
    /// <value>Default: <c>Rewt:ApiKey</c> of the configuration.</value>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Returns the API key for each request, for example from a vault. Takes precedence over <see cref="ApiKey"/>. A synchronous send throws if
    /// this is set.
    /// </summary>
    /// <value>Default: <see langword="null"/>.</value>
    public Func<IServiceProvider, CancellationToken, ValueTask<string>>? GetApiKey { get; set; }

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may receive the key. A request to any other origin throws before any byte is sent. The same rules
    /// apply as for <see cref="RewtSigningOptions.AllowedOrigins"/>.
    /// </summary>
    /// <value>
    /// Default: the <see cref="HttpClient.BaseAddress"/> set in <c>AddHttpClient</c>/<c>ConfigureHttpClient</c>, else the address of each
    /// request.
    /// </value>
    public IList<string> AllowedOrigins { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "AllowedOrigins must be a list."); } = [];

    /// <summary>
    /// Allows this client to send the key over plain HTTP to hosts other than loopback, where an attacker on the network path can read and reuse the
    /// key, and to loopback through a proxy.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Returns the name of the type; the key is never included.</summary>
    public override string ToString() => nameof(RewtApiKeyClientOptions);
}
