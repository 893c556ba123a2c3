namespace Rewt.Internal;

/// <summary>
/// The innermost HTTP message handler of a client that sends tokens or API keys. Before sending a request, the handler checks that the address may
/// receive the credentials, and that no other handler has changed a part of the request that the token is bound to. A failed check throws an
/// exception.
/// </summary>
/// <param name="guard">The check of the origins that may receive the credentials.</param>
/// <param name="proxy">The web proxy of the client.</param>
/// <param name="between">The names of the handlers between the handler that attached the credentials and this handler, the outermost first.</param>
internal sealed class ExitHandler(OriginGuard guard, OutgoingProxy proxy, IReadOnlyList<string> between) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request, proxy);
        return CredentialHistory.BoundOn(request) is { } bound ? SendBoundAsync(request, bound, cancellationToken) : base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request, proxy);
        if (CredentialHistory.BoundOn(request) is { } bound) SynchronousSend.Run(() => ReleaseAsync(request, bound, cancellationToken));
        return base.Send(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendBoundAsync(HttpRequestMessage request, BoundRequest bound, CancellationToken cancellationToken)
    {
        await ReleaseAsync(request, bound, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Checks that the request has not been changed since it was signed. The receiver would refuse a changed request too, but could not name the
    /// handler that changed it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A handler of the application has changed or repeated the request.</exception>
    private async Task<bool> ReleaseAsync(HttpRequestMessage request, BoundRequest bound, CancellationToken cancellationToken)
    {
        if (await bound.ChangeAsync(request, cancellationToken).ConfigureAwait(false) is { } change) throw Wrong($"{change} was changed after the request was signed", "changes requests");
        return bound.TrySend() ? true : throw Wrong("a one-time token was sent before", "repeats requests");
    }

    private InvalidOperationException Wrong(string what, string deed) => new(
        $"The HTTP client '{guard.Client}' did not send a request: {what}. "
        + $"Handlers behind AddRewtSigning, in the order of a request: {(between.Count == 0 ? "none, so the code that sends the request is the cause" : string.Join(", ", between))}. "
        + $"Add the handler that {deed} before AddRewtSigning.");
}
