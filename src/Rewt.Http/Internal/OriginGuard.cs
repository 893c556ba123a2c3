namespace Rewt.Internal;

/// <summary>
/// Decides before a byte is sent whether an address may see a token: when a request is signed, and once more behind all handlers of the
/// application. An address is allowed if it stands in the settings, or if the address that the application asked for does and the
/// application's own handlers in front resolved it. Where a redirect leads is never resolved.
/// </summary>
internal sealed class OriginGuard(Func<IReadOnlyCollection<Origin>> origins, bool allowInsecureHttp, string client, GuardWords words)
{
    /// <summary>
    /// Found when the first request asks: the actions of the application that tell may fail, and neither that nor a handler that the
    /// factory could not build for it, which it never tries again, may last.
    /// </summary>
    private readonly Lazy<IReadOnlyCollection<Origin>> _allowed = new(origins, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>One that stands in the settings and may be sent to: the usual request goes where the last one went.</summary>
    private volatile Origin? _admitted;

    /// <summary>May the request be signed as it stands? Gives where it has been.</summary>
    /// <exception cref="InvalidOperationException">The address may not see a token.</exception>
    public RequestTrail Admit(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address)
        {
            throw new InvalidOperationException($"The request of the HTTP client '{client}' has no absolute address; set its BaseAddress.");
        }

        var trail = RequestTrail.Of(request);
        Admit(trail, trail?.OriginOf(address) ?? Origin.Of(address));
        return trail ?? RequestTrail.Begin(request, address);
    }

    /// <summary>May the request leave as it stands?</summary>
    /// <exception cref="InvalidOperationException">It carries our token to another address than the one it was signed for.</exception>
    public void Release(HttpRequestMessage request)
    {
        if (RequestTrail.Of(request)?.IsAsSigned(request) == true) return;

        var signed = RequestTrail.SignedFor(request);
        if (signed.Count == 0) return;

        var origin = request.RequestUri is { IsAbsoluteUri: true } address ? Origin.Of(address) : Origin.None;
        if (!signed.Contains(origin) && !_allowed.Value.Contains(origin)) throw Foreign(origin);
        if (origin.IsInTheClear && !allowInsecureHttp) throw InTheClear(origin);
    }

    private void Admit(RequestTrail? trail, Origin origin)
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
        $"The HTTP client '{client}' sends {words.Credentials} to {(_allowed.Value.Count == 0 ? "the address it was asked for" : string.Join(", ", _allowed.Value))} and not to {origin}. "
        + $"Call other hosts with a client without {words.Registration}, or name the origin in {words.Options}.AllowedOrigins; service discovery is added before {words.Registration}.");

    private InvalidOperationException InTheClear(Origin origin) => new(
        $"The HTTP client '{client}' would send {words.Credentials} to {origin} in the clear. Use https, or allow it for this client with "
        + $"{words.Options}.AllowInsecureHttp{(words.ForAll is { } all ? $" or for all with {all}" : string.Empty)}.");
}
