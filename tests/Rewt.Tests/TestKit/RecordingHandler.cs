namespace Rewt.Tests.TestKit;

/// <summary>Answers instead of a service and records the token of the last request.</summary>
// snippet: recording
internal sealed class RecordingHandler(Func<HttpContent> answer) : HttpMessageHandler
{
    public string Token { get; private set; } = "";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token = request.Headers.Authorization!.Parameter!;
        return Task.FromResult(new HttpResponseMessage { Content = answer() });
    }
}
// end of snippet
