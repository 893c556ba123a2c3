namespace Rewt.Internal;

/// <summary>The innermost handler of a signing client. Checks the final address after all other handlers could change it.</summary>
internal sealed class ExitHandler(OriginGuard guard, OutgoingProxy proxy) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request, proxy);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        guard.Release(request, proxy);
        return base.Send(request, cancellationToken);
    }
}
