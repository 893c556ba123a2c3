namespace Rewt.Tests.Faults;

/// <summary>Below the signing handler: sees each attempt and not only what the caller sees.</summary>
public sealed class CountingHandler(AttemptCounter counter) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        counter.CountSent();
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized) counter.CountRefused();
        return response;
    }
}
