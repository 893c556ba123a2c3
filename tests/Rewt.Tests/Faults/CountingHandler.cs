namespace Rewt.Tests.Faults;

/// <summary>Runs inside the signing handler and counts all requests that are sent, including retries.</summary>
public sealed class CountingHandler(CountingHandler.Counter counter) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref counter.Sent);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized) Interlocked.Increment(ref counter.Refused);
        return response;
    }

    /// <summary>Holds the counts of several handlers.</summary>
    public sealed class Counter
    {
        internal int Refused;
        internal int Sent;
    }
}
