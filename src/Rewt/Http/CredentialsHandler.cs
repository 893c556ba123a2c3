namespace Rewt.Internal;

/// <summary>
/// The base class of the HTTP message handlers that attach a token or an API key to each request. It keeps an <c>Authorization</c> header that the
/// application has set, checks the origin, and sends nothing if attaching fails.
/// </summary>
internal abstract class CredentialsHandler(OriginGuard guard) : DelegatingHandler
{
    /// <summary>The origin check of this client.</summary>
    public OriginGuard Guard => guard;

    /// <summary>The longest body that is buffered to bind a token to it.</summary>
    public virtual int MaxBufferedBodyBytes => 0;

    /// <summary>Attaches the credentials and records their destination on the history.</summary>
    protected abstract ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken);

    /// <summary>Attaches the credentials for a synchronous send.</summary>
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
    /// Checks the origin. Returns <see langword="null"/> for a request with an <c>Authorization</c> header of the application, which is kept, and for
    /// one that leaves without credentials.
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
