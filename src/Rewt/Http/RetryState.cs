namespace Rewt.Internal;

/// <summary>
/// The state of one request between its attempts, stored in the options of the request. The state says whether a retry is possible, and whether the
/// next attempt needs a newly signed token. The state also contains the address, the method and the content
/// that the request had before the first attempt.
/// </summary>
/// <remarks>
/// A request is not retried if its address, method or content has changed, for example because an inner handler followed a redirect.
/// </remarks>
internal sealed class RetryState
{
    private static readonly HttpRequestOptionsKey<RetryState> Key = new("Rewt.RetryState");

    private readonly Uri? _address;
    private readonly HttpMethod _method;
    private readonly HttpContent? _content;
    private bool _hasEnded;

    /// <summary>
    /// Whether attempts of the request are in progress. If signing is configured for all clients and for one client, two retry handlers are nested.
    /// If the value is already true, the inner retry handler does not retry, because two nested retries would send four attempts.
    /// </summary>
    private bool IsRunning => CanRepeat && !_hasEnded;

    private RetryState(HttpRequestMessage request, bool canRepeat)
    {
        (Request, CanRepeat) = (request, canRepeat);
        (_address, _method, _content) = (request.RequestUri, request.Method, request.Content);
    }

    public HttpRequestMessage Request { get; }

    /// <summary>Whether the body of the request can be sent again.</summary>
    public bool CanRepeat { get; private set; }

    /// <summary>Whether the next token must be newly signed and not taken from the cache, because the receiver refused the last token.</summary>
    public bool IsFresh { get; set; }

    /// <summary>The checks of the innermost client that signs the request; <see langword="null"/> if the signing of two clients is not nested.</summary>
    public RefusedKeyChecks? InnerChecks { get; set; }

    public bool IsUnchanged => Request.RequestUri == _address && Request.Method == _method && Request.Content == _content;

    /// <summary>Returns the state of a request whose attempts are in progress; <see langword="null"/> for any other request.</summary>
    public static RetryState? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var retryState) && retryState.IsRunning ? retryState : null;

    /// <summary>
    /// Records that the body of a request was buffered, because the token of the request is bound to the body. The request can therefore be sent again.
    /// </summary>
    public static void OnBuffered(HttpRequestMessage request)
    {
        if (request.Options.TryGetValue(Key, out var retryState) && retryState._content == request.Content) retryState.CanRepeat = true;
    }

    public static RetryState Begin(HttpRequestMessage request, bool canRepeat)
    {
        var retryState = new RetryState(request, canRepeat);
        request.Options.Set(Key, retryState);
        return retryState;
    }

    /// <summary>
    /// Ends the attempts. If a handler of the application sends the same request again later, the request is treated as a new request.
    /// </summary>
    public void End() => _hasEnded = true;
}
