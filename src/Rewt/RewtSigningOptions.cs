using Polly.Retry;

namespace Rewt;

/// <summary>
/// Options of <c>AddRewtSigning</c> for an <see cref="HttpClient"/> that sends a signed token with each request: the called service, the origins that
/// may receive tokens, the content of the tokens, and the retry.
/// </summary>
public sealed class RewtSigningOptions
{
    /// <summary>
    /// The <see cref="RewtOptions.ServiceName"/> of the service that is called; the <c>aud</c> claim of the tokens (RFC 7519 §4.1.3).
    /// </summary>
    /// <value>Default: <see langword="null"/>; any service of the namespace accepts the tokens. With <see cref="KeyMode.KeyPair"/> an audience is required.</value>
    public string? Audience { get; set; }

    /// <summary>The scheme whose keys sign, if the application has several schemes.</summary>
    /// <value>Default: the empty string, which selects the main scheme.</value>
    public string Scheme { get; set; } = string.Empty;

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may receive tokens. A request to any other origin throws before any byte is sent. Two
    /// addresses are checked: the address that the application requested, before handlers such as service discovery resolve it, and the address that the
    /// request is sent to. The target of a redirect must itself be allowed. On
    /// <c>ConfigureHttpClientDefaults</c>, a request to any other origin is sent without a token.
    /// </summary>
    /// <value>
    /// Default: the <see cref="HttpClient.BaseAddress"/> set in <c>AddHttpClient</c>/<c>ConfigureHttpClient</c>, else the address of each
    /// request. A base address set elsewhere (in a typed client's constructor, on the created client) restricts nothing.
    /// </value>
    public IList<string> AllowedOrigins { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "AllowedOrigins must be a list."); } = [];

    /// <summary>Allows this client to send tokens over plain HTTP to hosts other than loopback, and to loopback through a proxy.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Signs a request again and sends it once more if a 401 reports that the receiver rejected the key, and another key is current.</summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool Retry { get; set; } = true;

    /// <summary>
    /// Configures the Polly retry of this client: <c>MaxRetryAttempts</c> (1 to 3), <c>Delay</c>, <c>BackoffType</c>, <c>UseJitter</c>, and
    /// <c>OnRetry</c> for the application's telemetry. Rewt decides which responses can be retried. A <c>ShouldHandle</c> runs after that
    /// decision and can only prevent a retry.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, which means one retry without delay. The delegate can run more than once because the options are
    /// validated at startup.
    /// </value>
    public Action<RetryStrategyOptions<HttpResponseMessage>>? ConfigureRetry { get; set; }

    /// <summary>
    /// The parts of each request that its token is bound to, unless the request sets them with <c>SetRewtBinding</c>. Each request then gets its own
    /// token. If a proxy changes the path, set <c>Rewt:Binding</c> at the receiver. Handlers that change the request
    /// belong before <c>AddRewtSigning</c>; a request that was changed after it was signed throws before any byte is sent.
    /// </summary>
    /// <value>Default: <see cref="RequestBinding.None"/>.</value>
    public RequestBinding Binding { get; set; }

    /// <summary>
    /// Whether the token of each request is accepted only once, unless the request sets this with <c>SetRewtOneTime</c>. Each attempt gets its own
    /// token. Handlers that repeat requests belong before <c>AddRewtSigning</c>.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool OneTime { get; set; }

    /// <summary>
    /// The longest request body, in bytes, that is buffered so that it can be sent again. A longer body is sent unbuffered, and its request is
    /// not retried; with <see cref="RequestBinding.Body"/>, the request throws.
    /// </summary>
    /// <value>At least 0. Default: 1 MiB.</value>
    public int MaxBufferedBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The claims, for example <c>userId</c>, that are copied from the user of the incoming request (<c>HttpContext.User</c>) to the tokens of this
    /// client's requests. A claim keeps all its values and their JSON types.
    /// </summary>
    /// <value>Default: empty.</value>
    public IList<string> ForwardClaims { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "ForwardClaims must be a list."); } = [];

    /// <summary>
    /// Returns the tenant for a request that does not set a tenant with <c>SetRewtTenant</c>; called for each request. To select the tenant from the
    /// current <c>HttpContext</c>, use <c>AddRewtTenantSelector</c> of the package Rewt.AspNetCore.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>. With <see cref="RewtTenantOptions.Enabled"/>, a request without a tenant throws before any byte is sent.
    /// </value>
    public Func<HttpRequestMessage, string?>? TenantSelector { get; set; }
}
