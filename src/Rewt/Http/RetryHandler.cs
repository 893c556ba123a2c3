namespace Rewt.Internal;

/// <summary>
/// The HTTP message handler that sends a request again if the called service refused the key of its token. The handler buffers a body that could be
/// sent only once, and runs the attempts through Polly. The signing handler is an inner handler, so that each attempt is signed.
/// </summary>
internal sealed class RetryHandler(SigningClient client) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RetryOf(request) is not { } retry) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var canRepeat = await BodyReplay.PrepareAsync(request.Content, client.Options.MaxBufferedBodyBytes, cancellationToken).ConfigureAwait(false);
        var context = KeyRetry.Begin(request, canRepeat, cancellationToken);
        try
        {
            return await retry.Pipeline.ExecuteAsync(
                static (context, state) => new ValueTask<HttpResponseMessage>(state.Handler.SendOnceAsync(state.Request, context.CancellationToken)),
                context,
                (Handler: this, Request: request)).ConfigureAwait(false);
        }
        finally
        {
            KeyRetry.End(context);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (RetryOf(request) is not { } retry) return base.Send(request, cancellationToken);

        var canRepeat = BodyReplay.CanReplay(request.Content)
            || SynchronousSend.Run(() => BodyReplay.PrepareAsync(request.Content, client.Options.MaxBufferedBodyBytes, cancellationToken).AsTask());
        var context = KeyRetry.Begin(request, canRepeat, cancellationToken);
        try
        {
            return retry.Pipeline.Execute(
                static (context, state) => state.Handler.SendOnce(state.Request, context.CancellationToken),
                context,
                (Handler: this, Request: request));
        }
        finally
        {
            KeyRetry.End(context);
        }
    }

    /// <summary>
    /// Returns the retry of a request; <see langword="null"/> if the retry is turned off, the request is not signed, or another handler retries the
    /// request. If an outer handler retries the request, the inner signing handler replaces its token, so the keys of the inner client determine
    /// whether a retry is useful.
    /// </summary>
    private KeyRetry? RetryOf(HttpRequestMessage request)
    {
        if (client.Retry is not { } retry || client.Guard.IsExempt(request)) return null;
        if (RetryState.Of(request) is not { } outer) return retry;

        outer.InnerChecks = retry.Checks;
        return null;
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    private HttpResponseMessage SendOnce(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);
}
