using Polly.Retry;

namespace Rewt;

/// <summary>How one <see cref="HttpClient"/> signs its requests.</summary>
public sealed class RewtSigningOptions
{
    /// <summary>The service that is called: its <see cref="RewtOptions.ServiceName"/>, the <c>aud</c> of the tokens.</summary>
    /// <value>Default: any service of the namespace.</value>
    public string? Audience { get; set; }

    /// <summary>The name of the ring that signs, where more than one is registered.</summary>
    /// <value>Default: the main ring.</value>
    public string Ring { get; set; } = string.Empty;

    /// <summary>
    /// The origins (<c>https://host:port</c>) that may see tokens; a request to any other throws before a byte is sent. They are compared with
    /// the address that the application asks for, which its handlers in front of the signing one (service discovery) may then resolve, and with
    /// the address as it is when the request leaves. Where a redirect leads is compared as it is.
    /// </summary>
    /// <value>
    /// Default: the <see cref="HttpClient.BaseAddress"/> set in <c>AddHttpClient</c>/<c>ConfigureHttpClient</c>, else the address of each request. One
    /// set elsewhere (in a typed client's constructor, on the created client) binds nothing.
    /// </value>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Let this client send tokens over plain http to hosts other than loopback.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowInsecureHttp { get; set; }

    /// <summary>Send a request once more, signed anew, when a 401 says that its key was the trouble.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool Retry { get; set; } = true;

    /// <summary>
    /// Adjusts Polly's retry of this client: <c>MaxRetryAttempts</c> (1 to 3), <c>Delay</c>, <c>BackoffType</c>, <c>UseJitter</c>, and <c>OnRetry</c> for
    /// telemetry of the application. Which answers are retried stays Rewt's decision; a <c>ShouldHandle</c> is asked after it and can only say no.
    /// </summary>
    /// <value>Default: none; one retry without delay. The options are checked when the application starts, so this may run more than once.</value>
    public Action<RetryStrategyOptions<HttpResponseMessage>>? ConfigureRetry { get; set; }

    /// <summary>The longest body in bytes that is buffered so that it can be sent again; a longer one is sent unbuffered and not retried.</summary>
    /// <value>Default 1 MiB.</value>
    public int MaxBufferedBody { get; set; } = 1024 * 1024;

    /// <summary>Claims of the caller of this service that go along with its own calls, such as <c>userId</c>; read at each call from <c>HttpContext.User</c>.</summary>
    /// <value>Default: none.</value>
    public IList<string> ForwardClaims { get; set; } = [];

    /// <summary>
    /// The tenant that a request is signed for where it names none with <c>SetRewtTenant</c>; asked at each request. One that reads the current
    /// <c>HttpContext</c> is added with <c>AddRewtTenantSelector</c> of the package Rewt.AspNetCore.
    /// </summary>
    /// <value>Default: none; with <see cref="RewtOptions.Tenants"/> a request without a tenant throws before a byte is sent.</value>
    public Func<HttpRequestMessage, string?>? TenantSelector { get; set; }
}
