using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>Attaches the API key to each request, or lets none go.</summary>
internal sealed class ApiKeyAttachingHandler(ApiKeyClient client) : DelegatingHandler, IGuardedHandler
{
    public OriginGuard Guard => client.Guard;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } trail) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        Attach(request, trail, await client.HeaderAsync(cancellationToken).ConfigureAwait(false));
        HttpResponseMessage? response = null;
        try
        {
            return response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            trail.Back(request, response);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } trail) return base.Send(request, cancellationToken);

        Attach(request, trail, client.Header());
        HttpResponseMessage? response = null;
        try
        {
            return response = base.Send(request, cancellationToken);
        }
        finally
        {
            trail.Back(request, response);
        }
    }

    /// <summary>The caller's own header stays, and then the key's rules are not ours to apply.</summary>
    private RequestTrail? Admit(HttpRequestMessage request) =>
        request.Headers.Contains("Authorization") && !RequestTrail.IsSigned(request) ? null : client.Guard.Admit(request);

    private static void Attach(HttpRequestMessage request, RequestTrail trail, AuthenticationHeaderValue key)
    {
        request.Headers.Authorization = key;
        trail.Signed(Origin.Of(request.RequestUri!), key.Parameter!);
    }
}
