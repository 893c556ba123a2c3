namespace Rewt.Tests.Faults;

/// <summary>Below the signing handler: counts what went over the wire, retries included, and not only what the caller sees.</summary>
public sealed class CountingHandler(CountingHandler.Counter counter) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref counter.Sent);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized) Interlocked.Increment(ref counter.Refused);
        return response;
    }

    /// <summary>One for many handlers.</summary>
    public sealed class Counter
    {
        internal int Refused;
        internal int Sent;
    }
}
