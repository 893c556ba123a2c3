namespace Rewt.Internal;

/// <summary>
/// The outermost HTTP message handler of a client that sends tokens or API keys. The handler records the address that the application requested
/// before other handlers change it, and passes the final response to <see cref="RefusalLog"/>.
/// </summary>
internal sealed class EntryHandler(RefusalLog refusals) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var history = Remember(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (history is not null) refusals.Report(history, response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var history = Remember(request);
        try
        {
            var response = base.Send(request, cancellationToken);
            if (history is not null) refusals.Report(history, response);
            return response;
        }
        finally
        {
            CredentialHistory.End();
        }
    }

    private static CredentialHistory? Remember(HttpRequestMessage request) =>
        request.RequestUri is { IsAbsoluteUri: true } address ? CredentialHistory.Begin(request, address) : null;
}
