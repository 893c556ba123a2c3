namespace Rewt;

/// <summary>How one <see cref="HttpClient"/> of a trusted app shows its API key.</summary>
public sealed class RewtApiKeyClientOptions
{
    /// <summary>The key, as it was shown when it was made. Keep it where secrets are kept.</summary>
    /// <value>Default: <c>Rewt:ApiKey</c> of the configuration.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gives the key for each request, from a vault for instance; it goes before <see cref="ApiKey"/>. Synchronous sending cannot wait for it.</summary>
    /// <value>Default: none.</value>
    public Func<IServiceProvider, CancellationToken, ValueTask<string>>? GetApiKey { get; set; }

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may see the key; a request to any other throws before a byte is sent. The rules are those of
    /// <see cref="RewtSigningOptions.AllowedOrigins"/>.
    /// </summary>
    /// <value>Default: the <see cref="HttpClient.BaseAddress"/> set in <c>AddHttpClient</c>/<c>ConfigureHttpClient</c>, else the address of each request.</value>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Let this client send the key over plain http to hosts other than loopback, where anyone on the path can read and re-use it.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Never shows the key.</summary>
    public override string ToString() => nameof(RewtApiKeyClientOptions);
}
