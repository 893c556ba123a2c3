using Polly.Retry;
using Rewt.Internal;

namespace Rewt;

/// <summary>
/// Options of <c>AddRewtSigning</c> for an <see cref="HttpClient"/> that sends a signed token with each request: the called service, the origins that
/// may receive tokens, the content of the tokens, and the retry.
/// </summary>
public sealed class RewtSigningOptions
{
    /// <summary>
    /// The <see cref="RewtOptions.ServiceName"/> of the called service. The name becomes the claim <c>aud</c> of the tokens (RFC 7519 §4.1.3).
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, which means that any service of the namespace accepts the tokens. With <see cref="KeyMode.KeyPair"/>, an
    /// audience is required.
    /// </value>
    public string? Audience { get; set; }

    /// <summary>The name of the scheme whose keys sign the tokens. An application with several schemes sets this option.</summary>
    /// <value>Default: the empty string, which selects the main scheme, as the name <c>Rewt</c> does.</value>
    public string Scheme { get; set; } = string.Empty;

    /// <summary>The name of the <see cref="RewtOptions"/> of the scheme.</summary>
    internal string SchemeOptions => SchemeNames.OptionsNameOf(Scheme);

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may receive tokens. A request to any other origin throws before any byte is sent. If signing is
    /// configured with <c>ConfigureHttpClientDefaults</c>, a request to any other origin is sent without a token instead. A handler that is added
    /// before <c>AddRewtSigning</c>, such as service discovery, can resolve an allowed origin to another address. A handler that is added after
    /// <c>AddRewtSigning</c> can change the address only to an allowed origin. If a handler follows a redirect to an origin that is not allowed, the
    /// request throws too.
    /// </summary>
    /// <value>
    /// Default: the origin of the <see cref="HttpClient.BaseAddress"/> that <c>AddHttpClient</c> or <c>ConfigureHttpClient</c> sets. Without a base
    /// address, the origin that each request names. A base address that is set elsewhere, for example in the constructor of a typed client, has no
    /// effect on this setting.
    /// </value>
    public IList<string> AllowedOrigins { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "AllowedOrigins must be a list."); } = [];

    /// <summary>Allows this client to send tokens over plain HTTP to hosts other than loopback, and to loopback through a proxy.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>
    /// Whether a request is signed again and sent once more after the receiver rejected the signing key. The request is not retried if the 401 response
    /// gives a reason other than a rejected key, or if a new token would be signed with the same key.
    /// </summary>
    /// <value>Default: <see langword="true"/>.</value>
    public bool Retry { get; set; } = true;

    /// <summary>
    /// Configures the Polly retry of this client: <c>MaxRetryAttempts</c> (1 to 3), <c>Delay</c>, <c>BackoffType</c>, <c>UseJitter</c>, and
    /// <c>OnRetry</c> for the application's telemetry. Rewt determines after which responses a retry is possible. The delegate <c>ShouldHandle</c> can
    /// prevent a retry that Rewt permits, but cannot cause a retry after any other response.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>, which means one retry without delay. The delegate can run more than once, because the options are also
    /// validated when the application starts.
    /// </value>
    public Action<RetryStrategyOptions<HttpResponseMessage>>? ConfigureRetry { get; set; }

    /// <summary>
    /// The parts of each request that its token is bound to. A single request can override the setting with <c>SetRewtBinding</c>. With a binding, each
    /// request gets a token of its own. If a proxy changes the path, set <c>Rewt:Binding</c> at the receiver. Call <c>AddRewtSigning</c> after the
    /// registration of handlers that change the request. If a handler changes a request that is already signed, the request throws before any byte is
    /// sent.
    /// </summary>
    /// <value>Default: <see cref="RequestBinding.None"/>.</value>
    public RequestBinding Binding { get; set; }

    /// <summary>
    /// Whether receivers accept the token of each request only once. A single request can override the setting with <c>SetRewtOneTime</c>. Each attempt
    /// of a request gets a token of its own. Call <c>AddRewtSigning</c> after the registration of handlers that repeat requests.
    /// </summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool OneTime { get; set; }

    /// <summary>
    /// The longest request body, in bytes, that is buffered for a retry. A longer body is sent unbuffered, and its request is not retried. With
    /// <see cref="RequestBinding.Body"/>, a request with a longer body throws.
    /// </summary>
    /// <value>At least 0. Default: 1 MiB.</value>
    public int MaxBufferedBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The names of the claims, for example <c>userId</c>, that are copied from the user of the incoming request (<c>HttpContext.User</c>) to the
    /// tokens of this client. All values of a claim are copied, with their JSON types. An array that contains only one string is copied as a string,
    /// because the claims of the user do not show whether the original token contained an array. If <c>sub</c> is one of the names, but the user has no
    /// claim <c>sub</c> (for example after a login with a cookie), the claim <see cref="System.Security.Claims.ClaimTypes.NameIdentifier"/> is copied as
    /// <c>sub</c>.
    /// </summary>
    /// <value>Default: empty.</value>
    public IList<string> ForwardClaims { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "ForwardClaims must be a list."); } = [];

    /// <summary>
    /// A delegate that returns the tenant of a request. The delegate is called for each request whose tenant is not set with <c>SetRewtTenant</c>. To
    /// select the tenant from the current <c>HttpContext</c>, use <c>AddRewtTenantSelector</c> of the package Rewt.AspNetCore.
    /// </summary>
    /// <value>
    /// Default: <see langword="null"/>. With <see cref="RewtTenantOptions.Enabled"/>, a request without a tenant throws before any byte is sent.
    /// </value>
    public Func<HttpRequestMessage, string?>? TenantSelector { get; set; }
}
