namespace Rewt.Internal;

/// <summary>The outermost handler of a signing client. Records the address that the application requested.</summary>
internal sealed class EntryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Remember(request);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Remember(request);
        try
        {
            return base.Send(request, cancellationToken);
        }
        finally
        {
            CredentialHistory.End();
        }
    }

    private static void Remember(HttpRequestMessage request)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } address) CredentialHistory.Begin(request, address);
    }
}
