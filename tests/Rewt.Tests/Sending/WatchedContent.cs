namespace Rewt.Tests.Sending;

/// <summary>An empty body that says whether it was disposed of.</summary>
internal sealed class WatchedContent() : ByteArrayContent([])
{
    public bool IsDisposed { get; private set; }

    /// <summary>A 401 with this body.</summary>
    public HttpResponseMessage Refusal(string challenge)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = this };
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
