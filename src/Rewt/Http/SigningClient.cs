using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// What the handlers of one HTTP client with <c>AddRewtSigning</c> share: its options, tokens, allowed origins and retry. It also determines tenant,
/// claims and binding of each request's token.
/// </summary>
internal sealed partial class SigningClient(
    string name, RewtSigningOptions options, BearerTokenCache tokens, OriginGuard guard, KeyRetry? retry, ICallerClaims? caller, ILogger<RetryHandler> logger)
{
    public RewtSigningOptions Options => options;

    public BearerTokenCache Tokens => tokens;

    public OriginGuard Guard => guard;

    /// <summary>The retry, or <see langword="null"/> if each request is sent once.</summary>
    public KeyRetry? Retry => retry;

    /// <summary>Returns the tenant whose key signs this request.</summary>
    public string? TenantOf(HttpRequestMessage request) =>
        request.Options.TryGetValue(RequestOptionKeys.Tenant, out var tenant) ? tenant : options.TenantSelector?.Invoke(request);

    /// <summary>Reads the parts of this request that its token is bound to; <see langword="null"/> for a token that other requests can use too.</summary>
    /// <exception cref="InvalidOperationException">The body is longer than can be buffered.</exception>
    public ValueTask<BoundRequest?> BindAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        IsBound(request) ? BoundRequest.BindAsync(request, PartsOf(request), IsOneTime(request), options.MaxBufferedBodyBytes, cancellationToken) : default;

    /// <summary>Returns whether this request needs a token that no other request can use: a bound or a one-time token.</summary>
    public bool IsBound(HttpRequestMessage request) => PartsOf(request) != RequestBinding.None || IsOneTime(request);

    private RequestBinding PartsOf(HttpRequestMessage request) => request.Options.TryGetValue(RequestOptionKeys.Binding, out var own) ? own : options.Binding;

    private bool IsOneTime(HttpRequestMessage request) => request.Options.TryGetValue(RequestOptionKeys.OneTime, out var own) ? own : options.OneTime;

    /// <summary>Returns the claims of this request: its own, and those forwarded from the caller of this service.</summary>
    public IReadOnlyDictionary<string, object>? ClaimsOf(HttpRequestMessage request)
    {
        request.Options.TryGetValue(RequestOptionKeys.Claims, out var own);
        if (caller is null || options.ForwardClaims.Count == 0) return own;
        if (!caller.HasCaller)
        {
            LogNoCaller(name);
            return own;
        }

        var claims = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in caller.Get(options.ForwardClaims)) claims[name] = value;
        foreach (var (name, value) in own ?? new Dictionary<string, object>(StringComparer.Ordinal)) claims[name] = value;
        return claims;
    }

    [LoggerMessage(EventId = 33, EventName = "NoCallerToForward", Level = LogLevel.Debug,
        Message = "A call of the HTTP client {Client} forwards no claims: no request is being answered. Work that outlives its request sets them with SetRewtClaims.")]
    private partial void LogNoCaller(string client);
}
