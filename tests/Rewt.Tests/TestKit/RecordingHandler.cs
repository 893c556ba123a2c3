namespace Rewt.Tests.TestKit;

/// <summary>Answers in place of a service and keeps the token that was sent to it.</summary>
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
