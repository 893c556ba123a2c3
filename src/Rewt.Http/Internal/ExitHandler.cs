namespace Rewt.Internal;

/// <summary>Behind all handlers of a signing client: has the last word on where a token goes, after whatever they did to the address.</summary>
internal sealed class ExitHandler(OriginGuard guard) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request);
        return base.Send(request, cancellationToken);
    }
}
