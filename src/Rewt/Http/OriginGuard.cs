namespace Rewt.Internal;

/// <summary>
/// Checks whether the token or API key of an HTTP client may be sent to the address of a request. If the address is not allowed, the class throws an
/// exception before any byte is sent. The check runs when the credentials are attached, and again after the handlers of the application have run.
/// </summary>
/// <remarks>
/// An address is allowed if its origin is in the settings. If an application handler (such as service discovery) resolves an allowed address to
/// another address, the other address is allowed too. This rule does not apply to the target of a redirect.
/// </remarks>
internal sealed class OriginGuard(Func<IReadOnlyCollection<Origin>> origins, bool allowInsecureHttp, string client, CredentialNaming naming)
{
    /// <summary>
    /// The allowed origins. They are determined at the first request, and again before a request is refused, because the application may give each new
    /// client another base address.
    /// </summary>
    private volatile IReadOnlyCollection<Origin>? _allowed;

    public string Client => client;

    /// <summary>
    /// Whether the guard is for all clients of the application. If so, a request to an origin that is not allowed is sent without credentials instead
    /// of being refused.
    /// </summary>
    private readonly bool _isForAll = client == SigningRegistration.AllClients;

    /// <summary>
    /// The last origin that was found in the settings. This origin is checked first, because consecutive requests usually have the same origin.
    /// </summary>
    private volatile Origin? _admitted;

    /// <summary>
    /// Returns whether the request is sent without credentials, because the guard is for all clients and the origin is not allowed.
    /// </summary>
    public bool IsExempt(HttpRequestMessage request)
    {
        if (!_isForAll || request.RequestUri is not { IsAbsoluteUri: true } address) return false;

        var history = CredentialHistory.Of(request);
        return !IsAllowed(history, history?.OriginOf(address) ?? Origin.Of(address));
    }

    /// <summary>Checks that the current address of a request may receive credentials, and returns the history of the request.</summary>
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

    /// <summary>Checks that a request with credentials may be sent to its current address.</summary>
    /// <exception cref="InvalidOperationException">The current address of the request differs from the address for which the credentials were
    /// attached.</exception>
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
        if (!signed.Contains(origin) && !Allowed.Contains(origin) && !DetermineAllowed().Contains(origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
        RefuseProxy(request.RequestUri!, origin, proxy);
    }

    /// <summary>
    /// Throws if a request over plain HTTP to this machine would be sent through a proxy, because the proxy would receive the credentials without
    /// encryption.
    /// </summary>
    private void RefuseProxy(Uri address, Origin origin, OutgoingProxy proxy)
    {
        if (allowInsecureHttp || !origin.IsPlainLoopback || proxy.For(address) is not { } through) return;

        throw new InvalidOperationException(
            $"The HTTP client '{client}' would send {naming.Credentials} for {origin} without encryption to the proxy {Origin.Of(through)}. "
            + $"Exempt this machine from the proxy (NO_PROXY=localhost,127.0.0.1), use https, or set {naming.Options}.AllowInsecureHttp.");
    }

    private IReadOnlyCollection<Origin> Allowed => _allowed ?? DetermineAllowed();

    private IReadOnlyCollection<Origin> DetermineAllowed()
    {
        var known = _allowed;
        var determined = origins();
        // Without any origin, every address would be allowed.
        return determined.Count == 0 && known is not null ? known : _allowed = determined;
    }

    private bool IsAllowed(CredentialHistory? history, Origin origin) => _admitted == origin || IsAllowed(Allowed, history, origin);

    private static bool IsAllowed(IReadOnlyCollection<Origin> allowed, CredentialHistory? history, Origin origin) =>
        allowed.Contains(origin) || (history is not null && (allowed.Count == 0 || allowed.Contains(history.Asked)) && history.LeadsTo(origin));

    private void Admit(CredentialHistory? history, Origin origin)
    {
        if (_admitted == origin) return;

        if (!IsAllowed(history, origin) && !IsAllowed(DetermineAllowed(), history, origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
        if (Allowed.Contains(origin)) _admitted = origin;
    }

    private InvalidOperationException Foreign(Origin origin) => new(
        $"The request was not sent: the HTTP client '{client}' may send {naming.Credentials} to {(Allowed.Count == 0 ? "the requested address" : string.Join(", ", Allowed))}, not to {origin}. "
        + (_isForAll
            ? $"A handler behind {naming.Registration} changed the address."
            : $"Call other hosts with a client without {naming.Registration}. Add the origin to {naming.Options}.AllowedOrigins only if it is a service of your own. If service discovery resolves the address, add it before {naming.Registration}."));

    private InvalidOperationException InTheClear(Origin origin) => new(
        $"The HTTP client '{client}' would send {naming.Credentials} to {origin} without encryption. Use https, or allow http for this client with "
        + $"{naming.Options}.AllowInsecureHttp{(naming.ForAll is { } all ? $" or for all clients with {all}" : string.Empty)}.");
}
