namespace Rewt.Internal;

/// <summary>In front of all handlers of a signing client: remembers what the application asked for.</summary>
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
            RequestTrail.End();
        }
    }

    private static void Remember(HttpRequestMessage request)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } address) RequestTrail.Begin(request, address);
    }
}
