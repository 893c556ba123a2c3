namespace Rewt.Internal;

/// <summary>The outermost handler of a signing client. Records the address that the application requested, and reports a refusal.</summary>
internal sealed class EntryHandler(RefusalLog refusals) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var trail = Remember(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (trail is not null) refusals.Report(trail, response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var trail = Remember(request);
        try
        {
            var response = base.Send(request, cancellationToken);
            if (trail is not null) refusals.Report(trail, response);
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
