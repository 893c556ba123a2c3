namespace Rewt.Internal;

/// <summary>Attaches a token to each request.</summary>
internal sealed class SigningHandler(SigningClient client) : CredentialsHandler(client.Guard)
{
    public override int MaxBufferedBodyBytes => client.Options.MaxBufferedBodyBytes;

    protected override async ValueTask AttachAsync(HttpRequestMessage request, CredentialHistory trail, CancellationToken cancellationToken)
    {
        var fresh = IsFresh(request);
        var bound = await client.BindAsync(request, cancellationToken).ConfigureAwait(false);
        Attach(request, trail, await client.Tokens.GetAsync(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), bound, fresh, cancellationToken).ConfigureAwait(false));
    }

    protected override void Attach(HttpRequestMessage request, CredentialHistory trail, CancellationToken cancellationToken)
    {
        var bound = client.IsBound(request) ? SynchronousSend.Run(() => client.BindAsync(request, cancellationToken).AsTask()) : null;
        Attach(request, trail, client.Tokens.Get(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), bound, IsFresh(request), cancellationToken));
    }

    private static bool IsFresh(HttpRequestMessage request) => Attempt.Of(request)?.IsFresh == true;

    private static void Attach(HttpRequestMessage request, CredentialHistory trail, BearerToken token) => trail.Attach(request, token.Header, token);
}
