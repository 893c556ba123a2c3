namespace Rewt.Internal;

/// <summary>Attaches a token to each request, or lets none go.</summary>
internal sealed class SigningHandler(SigningClient client) : DelegatingHandler, IGuardedHandler
{
    public OriginGuard Guard => client.Guard;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Admit(request) is not { } trail) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        request.Options.TryGetValue(SigningMarks.Fresh, out var fresh);
        Attach(request, trail, await client.Tokens.GetAsync(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request), fresh, cancellationToken).ConfigureAwait(false));
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

        Attach(request, trail, client.Tokens.Get(client.TenantOf(request), client.Options.Audience, client.ClaimsOf(request)));
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

    /// <summary>The caller's own header stays, and then the token's rules are not ours to apply.</summary>
    private RequestTrail? Admit(HttpRequestMessage request) =>
        request.Headers.Contains("Authorization") && !RequestTrail.IsSigned(request) ? null : client.Guard.Admit(request);

    private static void Attach(HttpRequestMessage request, RequestTrail trail, BearerToken token)
    {
        request.Headers.Authorization = token.Header;
        request.Options.Set(SigningMarks.Token, token);
        trail.Signed(Origin.Of(request.RequestUri!), token.Header.Parameter!);
    }
}
