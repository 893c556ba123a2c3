namespace Rewt.Internal;

/// <summary>Attaches a token to each request.</summary>
internal sealed class SigningHandler(SigningClient client) : CredentialsHandler(client.Guard)
{
    protected override async ValueTask AttachAsync(HttpRequestMessage request, RequestTrail trail, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(SigningMarks.Fresh, out var fresh);
        Attach(request, trail, await client.Tokens.GetAsync(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), fresh, cancellationToken).ConfigureAwait(false));
    }

    protected override void Attach(HttpRequestMessage request, RequestTrail trail) =>
        Attach(request, trail, client.Tokens.Get(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request)));

    private static void Attach(HttpRequestMessage request, RequestTrail trail, BearerToken token)
    {
        request.Headers.Authorization = token.Header;
        request.Options.Set(SigningMarks.Token, token);
        trail.Signed(Origin.Of(request.RequestUri!), token.Header.Parameter!);
    }
}
