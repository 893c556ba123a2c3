namespace Rewt.Internal;

/// <summary>
/// The base class of the HTTP message handlers that attach a token or an API key to each request. The handler checks the origin, and sends nothing if
/// no credentials can be attached. The handler keeps an <c>Authorization</c> header that the application has set.
/// </summary>
internal abstract class CredentialsHandler(OriginGuard guard) : DelegatingHandler
{
    /// <summary>The check of the origins that may receive the credentials of the client.</summary>
    public OriginGuard Guard => guard;

    /// <summary>Attaches the credentials to a request, and records them in the history.</summary>
    protected abstract ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken);

    /// <summary>Attaches the credentials to a request that is sent synchronously.</summary>
    protected abstract void Attach(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken);

    protected sealed override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } history) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        await AttachAsync(request, history, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage? response = null;
        try
        {
            return response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            history.Back(request, response);
        }
    }

    protected sealed override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } history) return base.Send(request, cancellationToken);

        Attach(request, history, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            return response = base.Send(request, cancellationToken);
        }
        finally
        {
            history.Back(request, response);
        }
    }

    /// <summary>
    /// Checks the origin of a request, and returns the history of the request. The result is <see langword="null"/> if no credentials are attached:
    /// the application has set an <c>Authorization</c> header, or the request is sent without credentials.
    /// </summary>
    private CredentialHistory? Admit(HttpRequestMessage request)
    {
        if (request.Headers.Contains("Authorization") && !CredentialHistory.IsSigned(request)) return null;
        if (!guard.IsExempt(request)) return guard.Admit(request);

        // Credentials for the origin that the request had before a handler in front changed it.
        request.Headers.Authorization = null;
        if (CredentialHistory.Of(request) is { } history) history.IsExempt = true;
        return null;
    }
}
