namespace Rewt.Internal;

/// <summary>
/// The state of one request between its attempts, kept in the request's options: whether a retry is possible, what the request was before the first
/// attempt, and whether the next attempt needs a newly signed token.
/// </summary>
/// <remarks>A request that a redirect handler further down has rewritten in place is not retried.</remarks>
internal sealed class RetryState
{
    private static readonly HttpRequestOptionsKey<RetryState> Key = new("Rewt.RetryState");

    private readonly Uri? _address;
    private readonly HttpMethod _method;
    private readonly HttpContent? _content;

    /// <summary>
    /// Whether a retry is in progress. An inner retry handler finds it on the request or its copy and does not retry itself: signing for all
    /// clients wraps signing for one client, and two nested retries would send four attempts.
    /// </summary>
    private bool _isRunning;

    private RetryState(HttpRequestMessage request, bool canRepeat)
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

    /// <summary>
    /// Returns the state of the retry that is in progress for this request; <see langword="null"/> if there is none, or the body cannot be sent
    /// again.
    /// </summary>
    public static RetryState? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var retryState) && retryState._isRunning ? retryState : null;

    public static RetryState Begin(HttpRequestMessage request, bool canRepeat)
    {
        var retryState = new RetryState(request, canRepeat);
        request.Options.Set(Key, retryState);
        return retryState;
    }

    /// <summary>Ends the retry, so that a handler of the application can send the same request again as a new one.</summary>
    public void End() => _isRunning = false;
}
