namespace Rewt.Internal;

/// <summary>
/// The HTTP message handler that sends a request again if the called service refused the key of its token. The handler buffers a body that could be
/// sent only once, and runs the attempts through Polly. The signing handler is an inner handler, so that each attempt is signed.
/// </summary>
internal sealed class RetryHandler(KeyRetry retry, OriginGuard guard, int maxBufferedBody) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsExempt(request)) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        var canRepeat = await BodyReplay.PrepareAsync(request.Content, maxBufferedBody, cancellationToken).ConfigureAwait(false);
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
        if (IsExempt(request)) return base.Send(request, cancellationToken);

        var canRepeat = BodyReplay.CanReplay(request.Content)
            || SynchronousSend.Run(() => BodyReplay.PrepareAsync(request.Content, maxBufferedBody, cancellationToken).AsTask());
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
    /// Returns whether another handler retries the request, or the request is not signed. If an outer handler retries the request, the inner signing handler
    /// replaces its token, so the keys of the inner client determine whether a retry is useful.
    /// </summary>
    private bool IsExempt(HttpRequestMessage request)
    {
        if (guard.IsExempt(request)) return true;
        if (RetryState.Of(request) is not { } outer) return false;

        outer.InnerChecks = retry.Checks;
        return true;
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    private HttpResponseMessage SendOnce(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);
}
