namespace Rewt.Internal;

/// <summary>A request as it was before its first attempt: a redirect below rewrites it in place, and then it is no longer ours to send.</summary>
internal sealed class Attempt
{
    private static readonly HttpRequestOptionsKey<Attempt> Key = new("Rewt.Attempt");

    private readonly Uri? _address;
    private readonly HttpMethod _method;
    private readonly HttpContent? _content;

    /// <summary>
    /// A retry further out watches over the request, or over the one that it is a copy of: signing for all clients lies around that of one, and two would make
    /// four attempts.
    /// </summary>
    private bool _isRunning;

    private Attempt(HttpRequestMessage request, bool canRepeat, bool isSynchronous)
    {
        (Request, CanRepeat, IsSynchronous, _isRunning) = (request, canRepeat, isSynchronous, canRepeat);
        (_address, _method, _content) = (request.RequestUri, request.Method, request.Content);
    }

    public HttpRequestMessage Request { get; }

    /// <summary>The body can be sent once more, whole.</summary>
    public bool CanRepeat { get; }

    /// <summary>The caller cannot wait for anything but the answer.</summary>
    public bool IsSynchronous { get; }

    /// <summary>The last token was refused: sign, do not take one from the cache.</summary>
    public bool IsFresh { get; set; }

    public bool IsUnchanged => Request.RequestUri == _address && Request.Method == _method && Request.Content == _content;

    /// <summary>The attempt that is under way and may be repeated.</summary>
    public static Attempt? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var attempt) && attempt._isRunning ? attempt : null;

    public static Attempt Begin(HttpRequestMessage request, bool canRepeat, bool isSynchronous)
    {
        var attempt = new Attempt(request, canRepeat, isSynchronous);
        request.Options.Set(Key, attempt);
        return attempt;
    }

    /// <summary>A handler of the application may send the same request again, from the beginning.</summary>
    public void End() => _isRunning = false;
}
