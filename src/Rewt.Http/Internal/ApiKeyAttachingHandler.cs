using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>Attaches the API key to each request.</summary>
internal sealed class ApiKeyAttachingHandler(ApiKeyClient client) : CredentialsHandler(client.Guard)
{
    protected override async ValueTask AttachAsync(HttpRequestMessage request, RequestTrail trail, CancellationToken cancellationToken) =>
        Attach(request, trail, await client.HeaderAsync(cancellationToken).ConfigureAwait(false));

    protected override void Attach(HttpRequestMessage request, RequestTrail trail) => Attach(request, trail, client.Header());

    private static void Attach(HttpRequestMessage request, RequestTrail trail, AuthenticationHeaderValue key)
    {
        request.Headers.Authorization = key;
        trail.Signed(Origin.Of(request.RequestUri!), key.Parameter!);
    }
}
