namespace Rewt.Internal;

/// <summary>
/// Decides before any byte is sent whether an address may receive credentials: once when the request is signed, and again behind all handlers of the
/// application. An address is allowed if it is in the settings, or if the originally requested address is allowed and the application's own handlers
/// resolved it. The target of a redirect never counts as resolved.
/// </summary>
internal sealed class OriginGuard(Func<IReadOnlyCollection<Origin>> origins, bool allowInsecureHttp, string client, CredentialNaming words)
{
    /// <summary>
    /// Created by the first request, because the application's configuration actions may throw. With <c>PublicationOnly</c> such an exception is
    /// not cached; the factory would never retry a handler that failed to build.
    /// </summary>
    private readonly Lazy<IReadOnlyCollection<Origin>> _allowed = new(origins, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The last allowed origin from the settings; consecutive requests usually have the same origin.</summary>
    private volatile Origin? _admitted;

    /// <summary>Checks that the request can be signed for its current address, and returns its trail.</summary>
    /// <exception cref="InvalidOperationException">The address may not receive credentials.</exception>
    public CredentialHistory Admit(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address)
        {
            throw new InvalidOperationException($"The request of the HTTP client '{client}' has no absolute address; set its BaseAddress.");
        }

        var trail = CredentialHistory.Of(request);
        Admit(trail, trail?.OriginOf(address) ?? Origin.Of(address));
        return trail ?? CredentialHistory.Begin(request, address);
    }

    /// <summary>Checks that the request can leave with its current address.</summary>
    /// <exception cref="InvalidOperationException">
    /// The request carries a token of this library to another address than the one it was signed for.
    /// </exception>
    public void Release(HttpRequestMessage request)
    {
        if (CredentialHistory.Of(request)?.IsAsSigned(request) == true) return;

        var signed = CredentialHistory.SignedFor(request);
        if (signed.Count == 0) return;

        var origin = request.RequestUri is { IsAbsoluteUri: true } address ? Origin.Of(address) : Origin.None;
        if (!signed.Contains(origin) && !_allowed.Value.Contains(origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
    }

    private void Admit(CredentialHistory? trail, Origin origin)
    {
        if (_admitted == origin) return;

        var allowed = _allowed.Value;
        var isAllowed = allowed.Contains(origin);
        var isResolved = trail is not null && (allowed.Count == 0 || allowed.Contains(trail.Asked)) && trail.LeadsTo(origin);
        if (!isAllowed && !isResolved) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
        if (isAllowed) _admitted = origin;
    }

    private InvalidOperationException Foreign(Origin origin) => new(
        $"The HTTP client '{client}' sends {words.Credentials} to {(_allowed.Value.Count == 0 ? "the requested address" : string.Join(", ", _allowed.Value))} and not to {origin}. "
        + $"Call other hosts with a client without {words.Registration}, or add the origin to {words.Options}.AllowedOrigins. If the client uses service discovery, add it before {words.Registration}.");

    private InvalidOperationException InTheClear(Origin origin) => new(
        $"The HTTP client '{client}' would send {words.Credentials} to {origin} without encryption. Use https, or allow http for this client with "
        + $"{words.Options}.AllowInsecureHttp{(words.ForAll is { } all ? $" or for all clients with {all}" : string.Empty)}.");
}
