namespace Rewt.Internal;

/// <summary>
/// The parts of an outgoing request (method, address, body) that its token is bound to, as they were when the token was signed. Before the request is
/// sent, the parts are compared with the request, because a handler of the application may have changed the request.
/// </summary>
internal sealed class BoundRequest
{
    private readonly HttpContent? _content;
    private readonly int _maxBufferedBody;
    private readonly (string? Type, string? Encoding) _headers;
    private int _isSent;

    private BoundRequest(TokenBinding binding, HttpContent? content, int maxBufferedBody)
    {
        (Binding, _content, _maxBufferedBody) = (binding, content, maxBufferedBody);
        if (binding.Body is not null) _headers = HeadersOf(content);
    }

    public TokenBinding Binding { get; }

    /// <exception cref="InvalidOperationException">The body is longer than the maximum length of a buffered body.</exception>
    public static async ValueTask<BoundRequest?> BindAsync(HttpRequestMessage request, RequestBinding parts, bool isOneTime, int maxBufferedBody, CancellationToken cancellationToken)
    {
        var body = parts.HasFlag(RequestBinding.Body) ? await HashAsync(request.Content, maxBufferedBody, cancellationToken).ConfigureAwait(false) : null;
        if (body is not null) RetryState.OnBuffered(request);
        var binding = parts.HasFlag(RequestBinding.Target) ? new TokenBinding(MethodOf(request), TargetOf(request), body, IsOneTime: isOneTime) : new TokenBinding(Body: body, IsOneTime: isOneTime);
        return new BoundRequest(binding, request.Content, maxBufferedBody);
    }

    /// <summary>
    /// Compares the signed request with the request that is about to be sent. Returns the name of the part that was changed; <see langword="null"/> if
    /// no part was changed.
    /// </summary>
    public async ValueTask<string?> ChangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Binding.Method is not null && Binding.Method != MethodOf(request)) return "the method";
        if (Binding.Target is not null && Binding.Target != TargetOf(request)) return "the path or the query";
        if (Binding.Body is null || (ReferenceEquals(request.Content, _content) && HeadersOf(request.Content) == _headers)) return null;
        return Binding.Body == await HashAsync(request.Content, _maxBufferedBody, cancellationToken).ConfigureAwait(false) ? null : "the body or its Content-Type or Content-Encoding";
    }

    /// <summary>
    /// Returns whether the token may be sent now. For a one-time token, the result is <see langword="true"/> for the first call only.
    /// </summary>
    public bool TrySend() => !Binding.IsOneTime || Interlocked.Exchange(ref _isSent, 1) == 0;

    /// <summary>Returns the HTTP method as it is sent: .NET sends the known methods in upper case.</summary>
    private static string MethodOf(HttpRequestMessage request) => HttpMethod.Parse(request.Method.Method).Method;

    private static string TargetOf(HttpRequestMessage request) => TokenBinding.HashOf(request.RequestUri!.PathAndQuery);

    private static (string? Type, string? Encoding) HeadersOf(HttpContent? content) => (Header(content, "Content-Type"), Header(content, "Content-Encoding"));

    private static string? Header(HttpContent? content, string name) =>
        content is not null && content.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static async ValueTask<string> HashAsync(HttpContent? content, int maxBufferedBody, CancellationToken cancellationToken)
    {
        byte[] body = [];
        if (content is not null)
        {
            await BufferAsync(content, maxBufferedBody, cancellationToken).ConfigureAwait(false);
            body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }

        var (type, encoding) = HeadersOf(content);
        return TokenBinding.HashOf(TokenBinding.BodyHead(type, encoding), body);
    }

    private static async Task BufferAsync(HttpContent content, int maximum, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(maximum, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new InvalidOperationException(
                $"A token can be bound to a body of at most {maximum} bytes ({nameof(RewtSigningOptions)}.{nameof(RewtSigningOptions.MaxBufferedBodyBytes)}), and this body is longer. "
                + "Raise the limit here and Rewt:Binding:MaxBodyBytes at the receiver, or bind this request to RequestBinding.Target only.",
                exception);
        }
    }
}
