namespace Rewt.Internal;

/// <summary>The HTTP message handler that attaches the client's API key to each request.</summary>
internal sealed class ApiKeyAttachingHandler(ApiKeyClient client) : CredentialsHandler(client.Guard)
{
    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken) =>
        history.Attach(request, await client.HeaderAsync(cancellationToken).ConfigureAwait(false));

    protected override void Attach(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken) => history.Attach(request, client.Header());
}
