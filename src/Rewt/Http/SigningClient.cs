using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The data that all handlers of one HTTP client with <c>AddRewtSigning</c> share: the options, the tokens, the allowed origins and the retry. The
/// class also determines the tenant, the claims and the binding of the token for a request.
/// </summary>
internal sealed partial class SigningClient(
    string name, RewtSigningOptions options, BearerTokenCache tokens, OriginGuard guard, KeyRetry? retry, ICallerClaims? caller, ILogger<RetryHandler> logger)
{
    public RewtSigningOptions Options => options;

    public BearerTokenCache Tokens => tokens;

    public OriginGuard Guard => guard;

    /// <summary>The retry of the client; <see langword="null"/> if the retry is turned off.</summary>
    public KeyRetry? Retry => retry;

    /// <summary>Returns the tenant whose key signs a request; <see langword="null"/> if no tenant is set.</summary>
    public string? TenantOf(HttpRequestMessage request) =>
        request.Options.TryGetValue(RequestOptionKeys.Tenant, out var tenant) ? tenant : options.TenantSelector?.Invoke(request);

    /// <summary>Returns the parts of a request that its token must be bound to; <see langword="null"/> if the token is not bound.</summary>
    /// <exception cref="InvalidOperationException">The body is longer than <see cref="RewtSigningOptions.MaxBufferedBodyBytes"/>.</exception>
    public ValueTask<BoundRequest?> BindAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        IsBound(request) ? BoundRequest.BindAsync(request, PartsOf(request), IsOneTime(request), options.MaxBufferedBodyBytes, cancellationToken) : default;

    /// <summary>Returns whether a request needs a token of its own, which is a bound token or a one-time token.</summary>
    public bool IsBound(HttpRequestMessage request) => PartsOf(request) != RequestBinding.None || IsOneTime(request);

    private RequestBinding PartsOf(HttpRequestMessage request) => request.Options.TryGetValue(RequestOptionKeys.Binding, out var own) ? own : options.Binding;

    private bool IsOneTime(HttpRequestMessage request) => request.Options.TryGetValue(RequestOptionKeys.OneTime, out var own) ? own : options.OneTime;

    /// <summary>
    /// Returns the additional claims of a request's token: the claims that are set on the request, and the claims that are copied from the caller of
    /// this service.
    /// </summary>
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
        Message = "A call of the HTTP client {Client} forwards no claims, because the call is not part of a request. Outside of a request, set the claims with SetRewtClaims.")]
    private partial void LogNoCaller(string client);
}
