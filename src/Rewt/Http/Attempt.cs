namespace Rewt.Internal;

/// <summary>
/// A request as it was before its first attempt. A redirect handler further down can rewrite the request in place; such a request is not retried.
/// </summary>
internal sealed class Attempt
{
    private static readonly HttpRequestOptionsKey<Attempt> Key = new("Rewt.Attempt");

    private readonly Uri? _address;
    private readonly HttpMethod _method;
    private readonly HttpContent? _content;

    /// <summary>
    /// Whether a retry is in progress. An inner retry handler finds it on the request or its copy and does not retry itself: signing for all
    /// clients wraps signing for one client, and two nested retries would send four attempts.
    /// </summary>
    private bool _isRunning;

    private Attempt(HttpRequestMessage request, bool canRepeat)
    {
        (Request, CanRepeat, _isRunning) = (request, canRepeat, canRepeat);
        (_address, _method, _content) = (request.RequestUri, request.Method, request.Content);
    }

    public HttpRequestMessage Request { get; }

    /// <summary>Whether the whole body can be sent again.</summary>
    public bool CanRepeat { get; }

    /// <summary>Whether the receiver rejected the last token, so a new one must be signed instead of taken from the cache.</summary>
    public bool IsFresh { get; set; }

    public bool IsUnchanged => Request.RequestUri == _address && Request.Method == _method && Request.Content == _content;

    /// <summary>Returns the attempt in progress for this request, if it can be repeated; otherwise <see langword="null"/>.</summary>
    public static Attempt? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var attempt) && attempt._isRunning ? attempt : null;

    public static Attempt Begin(HttpRequestMessage request, bool canRepeat)
    {
        var attempt = new Attempt(request, canRepeat);
        request.Options.Set(Key, attempt);
        return attempt;
    }

    /// <summary>Ends the attempt, so that a handler of the application can send the same request again as a new one.</summary>
    public void End() => _isRunning = false;
}
