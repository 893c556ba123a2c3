namespace Rewt.Internal;

/// <summary>
/// The HTTP message handler with which <c>AddRewtSigning</c> signs requests. The handler sets the <c>Authorization</c> header of a request to a
/// signed token. If the request is sent again (<see cref="RetryHandler"/>), the handler sets the header again.
/// </summary>
internal sealed class SigningHandler(SigningClient client) : CredentialsHandler(client.Guard)
{
    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken)
    {
        var fresh = IsFresh(request);
        var bound = await client.BindAsync(request, cancellationToken).ConfigureAwait(false);
        Attach(request, history, await client.Tokens.GetAsync(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), bound, fresh, cancellationToken).ConfigureAwait(false));
    }

    protected override void Attach(HttpRequestMessage request, CredentialHistory history, CancellationToken cancellationToken)
    {
        var bound = client.IsBound(request) ? SynchronousSend.Run(() => client.BindAsync(request, cancellationToken).AsTask()) : null;
        Attach(request, history, client.Tokens.Get(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), bound, IsFresh(request), cancellationToken));
    }

    private static bool IsFresh(HttpRequestMessage request) => RetryState.Of(request)?.IsFresh == true;

    private static void Attach(HttpRequestMessage request, CredentialHistory history, BearerToken token) => history.Attach(request, token.Header, token);
}
