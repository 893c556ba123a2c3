namespace Rewt.Internal;

/// <summary>
/// Decides whether the token or API key of an HTTP client may be sent to the address of a request, and throws before any byte is sent if not. It
/// checks when the credentials are attached, and again after the application's handlers.
/// </summary>
/// <remarks>
/// An address is allowed if it is in the settings, or if the originally requested address is allowed and the application's own handlers, such as
/// service discovery, resolved it. The target of a redirect never counts as resolved.
/// </remarks>
internal sealed class OriginGuard(Func<IReadOnlyCollection<Origin>> origins, bool allowInsecureHttp, string client, CredentialNaming naming)
{
    /// <summary>
    /// Created by the first request, because the application's configuration actions may throw. With <c>PublicationOnly</c> such an exception is
    /// not cached; the factory would never retry a handler that failed to build.
    /// </summary>
    private readonly Lazy<IReadOnlyCollection<Origin>> _allowed = new(origins, LazyThreadSafetyMode.PublicationOnly);

    public string Client => client;

    /// <summary>
    /// Whether the guard is for all clients of the application. Requests to other origins are then sent without credentials instead of refused.
    /// </summary>
    private readonly bool _isForAll = client == SigningRegistration.AllClients;

    /// <summary>The last allowed origin from the settings; consecutive requests usually have the same origin.</summary>
    private volatile Origin? _admitted;

    /// <summary>Returns whether the request is sent without credentials, because all clients are registered and its origin is not allowed.</summary>
    public bool IsExempt(HttpRequestMessage request)
    {
        if (!_isForAll || request.RequestUri is not { IsAbsoluteUri: true } address) return false;

        var history = CredentialHistory.Of(request);
        return !IsAllowed(history, history?.OriginOf(address) ?? Origin.Of(address));
    }

    /// <summary>Checks that the request can be signed for its current address, and returns its history.</summary>
    /// <exception cref="InvalidOperationException">The address may not receive credentials.</exception>
    public CredentialHistory Admit(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address)
        {
            throw new InvalidOperationException($"The request of the HTTP client '{client}' has no absolute address; set its BaseAddress.");
        }

        var history = CredentialHistory.Of(request);
        Admit(history, history?.OriginOf(address) ?? Origin.Of(address));
        return history ?? CredentialHistory.Begin(request, address);
    }

    /// <summary>Checks that the request can leave with its current address.</summary>
    /// <exception cref="InvalidOperationException">
    /// The request carries a token of this library to another address than the one it was signed for.
    /// </exception>
    public void Release(HttpRequestMessage request, OutgoingProxy proxy)
    {
        if (CredentialHistory.Of(request) is { } history && history.IsAsSigned(request))
        {
            RefuseProxy(request.RequestUri!, history.OriginOf(request.RequestUri!), proxy);
            return;
        }

        var signed = CredentialHistory.SignedFor(request);
        if (signed.Count == 0) return;

        var origin = request.RequestUri is { IsAbsoluteUri: true } address ? Origin.Of(address) : Origin.None;
        if (!signed.Contains(origin) && !_allowed.Value.Contains(origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
        RefuseProxy(request.RequestUri!, origin, proxy);
    }

    /// <summary>Throws if plain HTTP to this machine would go through a proxy, which would get the credentials without encryption.</summary>
    private void RefuseProxy(Uri address, Origin origin, OutgoingProxy proxy)
    {
        if (allowInsecureHttp || !origin.IsPlainLoopback || proxy.For(address) is not { } through) return;

        throw new InvalidOperationException(
            $"The HTTP client '{client}' would send {naming.Credentials} for {origin} without encryption to the proxy {Origin.Of(through)}. "
            + $"Exempt this machine from the proxy (NO_PROXY=localhost,127.0.0.1), use https, or set {naming.Options}.AllowInsecureHttp.");
    }

    private bool IsAllowed(CredentialHistory? history, Origin origin)
    {
        if (_admitted == origin) return true;

        var allowed = _allowed.Value;
        return allowed.Contains(origin) || (history is not null && (allowed.Count == 0 || allowed.Contains(history.Asked)) && history.LeadsTo(origin));
    }

    private void Admit(CredentialHistory? history, Origin origin)
    {
        if (_admitted == origin) return;

        if (!IsAllowed(history, origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
        if (_allowed.Value.Contains(origin)) _admitted = origin;
    }

    private InvalidOperationException Foreign(Origin origin) => new(
        $"The request was not sent: the HTTP client '{client}' may send {naming.Credentials} to {(_allowed.Value.Count == 0 ? "the requested address" : string.Join(", ", _allowed.Value))}, not to {origin}. "
        + (_isForAll
            ? $"A handler behind {naming.Registration} changed the address."
            : $"Call other hosts with a client without {naming.Registration}. Add the origin to {naming.Options}.AllowedOrigins only if it is a service of your own. If service discovery resolves the address, add it before {naming.Registration}."));

    private InvalidOperationException InTheClear(Origin origin) => new(
        $"The HTTP client '{client}' would send {naming.Credentials} to {origin} without encryption. Use https, or allow http for this client with "
        + $"{naming.Options}.AllowInsecureHttp{(naming.ForAll is { } all ? $" or for all clients with {all}" : string.Empty)}.");
}
