namespace Rewt.Internal;

/// <summary>Attaches credentials of ours to each request, or lets none go.</summary>
internal abstract class CredentialsHandler(OriginGuard guard) : DelegatingHandler
{
    /// <summary>What decides where the credentials may go.</summary>
    public OriginGuard Guard => guard;

    /// <summary>Attaches the credentials, and says on the trail that they go to where the request is sent.</summary>
    protected abstract ValueTask AttachAsync(HttpRequestMessage request, RequestTrail trail, CancellationToken cancellationToken);

    /// <summary>The same without waiting, for synchronous callers.</summary>
    protected abstract void Attach(HttpRequestMessage request, RequestTrail trail);

    protected sealed override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } trail) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        await AttachAsync(request, trail, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage? response = null;
        try
        {
            return response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            trail.Back(request, response);
        }
    }

    protected sealed override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } trail) return base.Send(request, cancellationToken);

        Attach(request, trail);
        HttpResponseMessage? response = null;
        try
        {
            return response = base.Send(request, cancellationToken);
        }
        finally
        {
            trail.Back(request, response);
        }
    }

    /// <summary>The caller's own header stays, and then the rules of ours are not to be applied.</summary>
    private RequestTrail? Admit(HttpRequestMessage request) =>
        request.Headers.Contains("Authorization") && !RequestTrail.IsSigned(request) ? null : guard.Admit(request);
}
