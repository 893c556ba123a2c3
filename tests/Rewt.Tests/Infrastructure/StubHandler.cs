namespace Rewt.Tests.Infrastructure;

/// <summary>A primary handler that records requests instead of sending them and returns the response of the test (200 by default).</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, HttpResponseMessage>? respond = null) : HttpMessageHandler
{
    public ConcurrentQueue<(Uri Address, string? Authorization)> Sent { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Send(request, cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            return Task.FromException<HttpResponseMessage>(exception);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Enqueue((request.RequestUri!, request.Headers.Authorization?.ToString()));
        var response = respond?.Invoke(request) ?? new HttpResponseMessage(HttpStatusCode.OK);
        response.RequestMessage = request;
        return response;
    }
}
