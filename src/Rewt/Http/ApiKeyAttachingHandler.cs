namespace Rewt.Internal;

/// <summary>Attaches the API key to each request.</summary>
internal sealed class ApiKeyAttachingHandler(ApiKeyClient client) : CredentialsHandler(client.Guard)
{
    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory trail, CancellationToken cancellationToken) =>
        trail.Attach(request, await client.HeaderAsync(cancellationToken).ConfigureAwait(false));

    protected override void Attach(HttpRequestMessage request, CredentialHistory trail, CancellationToken cancellationToken) => trail.Attach(request, client.Header());
}
