namespace Rewt.Internal;

/// <summary>A request as it was before its first attempt: a redirect below rewrites it in place, and then it is no longer ours to send.</summary>
internal sealed class Attempt(HttpRequestMessage request)
{
    private static readonly HttpRequestOptionsKey<Attempt> Key = new("Rewt.Attempt");

    private readonly Uri? _address = request.RequestUri;
    private readonly HttpMethod _method = request.Method;
    private readonly HttpContent? _content = request.Content;

    public HttpRequestMessage Request => request;

    /// <summary>The last token was refused: sign, do not take one from the cache.</summary>
    public bool IsFresh { get; set; }

    /// <summary>What came of it, until the pipeline takes it.</summary>
    public HttpResponseMessage? Answer { get; set; }

    public bool IsUnchanged => request.RequestUri == _address && request.Method == _method && request.Content == _content;

    /// <summary>
    /// A retry further out watches over the request, or over the one that it is a copy of: signing for all clients lies around that of one, and two would make
    /// four attempts.
    /// </summary>
    private bool IsRunning { get; set; }

    /// <summary>The attempt that is under way.</summary>
    public static Attempt? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var attempt) && attempt.IsRunning ? attempt : null;

    public static Attempt Begin(HttpRequestMessage request)
    {
        var attempt = new Attempt(request) { IsRunning = true };
        request.Options.Set(Key, attempt);
        return attempt;
    }

    /// <summary>A handler of the application may send the same request again, from the beginning.</summary>
    public void End() => IsRunning = false;

    public HttpResponseMessage? TakeAnswer()
    {
        var answer = Answer;
        Answer = null;
        return answer;
    }
}
