namespace Rewt.Tests.Sending;

/// <summary>Represents an empty body that records whether it was disposed.</summary>
internal sealed class DisposalTrackingContent() : ByteArrayContent([])
{
    public bool IsDisposed { get; private set; }

    /// <summary>Returns a 401 response with this body.</summary>
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
