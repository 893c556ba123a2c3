using System.Net;
using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// What is known of one outgoing request while it is being sent: the address that the application requested, the credentials that were attached for
/// each origin, and whether the request was redirected. The handlers use it to send credentials only where they may go, and keep it in the request's
/// options.
/// </summary>
internal sealed class CredentialHistory
{
    /// <summary>Set by gRPC's client-side load balancing, which replaces the host of a request by an address and keeps the host in the Host header.</summary>
    private static readonly HttpRequestOptionsKey<object> Balanced = new("CurrentAddress");

    private static readonly HttpRequestOptionsKey<CredentialHistory> Key = new("Rewt.CredentialHistory");

    /// <summary>Carries the history when a handler of the application sends a copy of the request without its options.</summary>
    private static readonly AsyncLocal<CredentialHistory?> Flowing = new();

    /// <summary>
    /// The attached credentials as a linked list, newest first. Attempts of one request can run concurrently (hedging), so entries are only ever
    /// added.
    /// </summary>
    private Sent? _last;

    private readonly Uri _address;
    private readonly Origin _origin;
    private volatile bool _isResolved;
    private volatile bool _isRedirected;

    private CredentialHistory(HttpRequestMessage request, Uri address)
    {
        (_address, _origin) = (address, Origin.Of(address));
        Asked = request.Options.TryGetValue(Balanced, out _) && Uri.TryCreate($"{address.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var host) ? Origin.Of(host) : _origin;
    }

    /// <summary>The origin that the application requested, before any handler.</summary>
    public Origin Asked { get; }

    /// <summary>
    /// Whether the request was sent without credentials, because its origin is not among the <c>AllowedOrigins</c> of
    /// <c>ConfigureHttpClientDefaults</c>.
    /// </summary>
    public bool IsExempt { get; set; }

    public static CredentialHistory? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var history) ? history : Flowing.Value;

    /// <summary>Starts a history for a request. It flows with the asynchronous calls until the caller returns or calls <see cref="End"/>.</summary>
    public static CredentialHistory Begin(HttpRequestMessage request, Uri asked)
    {
        var history = new CredentialHistory(request, asked);
        request.Options.Set(Key, history);
        Flowing.Value = history;
        return history;
    }

    /// <summary>Ends the history after a synchronous send. Unlike in an async method, changes to the execution context survive the return.</summary>
    public static void End() => Flowing.Value = null;

    /// <summary>Returns whether the request carries credentials that this library attached.</summary>
    public static bool IsSigned(HttpRequestMessage request) => SignedFor(request).Count > 0;

    /// <summary>Returns the origins for which the credentials on the request were attached; empty if this library attached none.</summary>
    public static IReadOnlyCollection<Origin> SignedFor(HttpRequestMessage request)
    {
        if (Of(request) is not { } history || !request.Headers.NonValidated.TryGetValues("Authorization", out var values)) return [];
        return [.. history.All().Where(sent => values.Any(value => value.Contains(sent.Header.Parameter!, StringComparison.Ordinal))).Select(sent => sent.Origin)];
    }

    /// <summary>
    /// Returns the token that this library attached, if the request still carries it. Such a header may be replaced; a header of the application
    /// may not.
    /// </summary>
    public static BearerToken? TokenOn(HttpRequestMessage request) =>
        Of(request)?.All().FirstOrDefault(sent => sent.Token is not null && sent.Header.Equals(request.Headers.Authorization))?.Token;

    /// <summary>Returns the bound parts of a request, if it still has the token that is bound to them; <see langword="null"/> for any other request.</summary>
    public static BoundRequest? BoundOn(HttpRequestMessage request)
    {
        if (Of(request) is not { } history || Volatile.Read(ref history._last) is not { } last) return null;
        return (history.IsAsSigned(request) ? last.Token : TokenOn(request))?.Bound;
    }

    /// <summary>Returns the origin of an address. The requested address, by far the most common, is not parsed again.</summary>
    public Origin OriginOf(Uri address) => ReferenceEquals(address, _address) ? _origin : Origin.Of(address);

    /// <summary>
    /// Returns whether the request can be signed for this origin. The first time, the origin that the application's handlers chose is accepted;
    /// later only an origin already used. A request whose address is resolved for each attempt (service discovery) may change its origin until it
    /// is redirected.
    /// </summary>
    public bool LeadsTo(Origin origin) => Volatile.Read(ref _last) is null || HasBeenAt(origin) || (_isResolved && !_isRedirected);

    /// <summary>Attaches a token, or an API key, and records it for the request's current address.</summary>
    public void Attach(HttpRequestMessage request, AuthenticationHeaderValue header, BearerToken? token = null)
    {
        var address = request.RequestUri!;
        var sent = new Sent(address, OriginOf(address), header, token);
        request.Headers.Authorization = header;
        if (Holds(sent)) return;
        if (sent.Origin != Asked) _isResolved = true;
        do sent.Before = Volatile.Read(ref _last);
        while (Interlocked.CompareExchange(ref _last, sent, sent.Before) != sent.Before);
    }

    /// <summary>Returns whether address and header are unchanged since the last signing. If not, the full check runs.</summary>
    public bool IsAsSigned(HttpRequestMessage request) =>
        Volatile.Read(ref _last) is { } last && ReferenceEquals(last.Address, request.RequestUri) && ReferenceEquals(last.Header, request.Headers.Authorization);

    /// <summary>
    /// Detects redirects after a send. A redirect handler further down rewrites the request's address in place, even if the send fails.
    /// </summary>
    public void Back(HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (IsElsewhere(request.RequestUri) || IsElsewhere(response?.RequestMessage?.RequestUri) || IsRedirect(response)) _isRedirected = true;
    }

    /// <summary>
    /// Returns the credentials with this header, or the last ones for a request that lost its header; <see langword="null"/> for a header of the
    /// application, and if none were attached.
    /// </summary>
    public SentCredentials? SentWith(AuthenticationHeaderValue? header) =>
        (header is null ? Volatile.Read(ref _last) : All().FirstOrDefault(sent => sent.Header.Equals(header))) is { } sent
            ? new SentCredentials(sent.Origin, sent.Header, sent.Token, header is not null)
            : null;

    /// <summary>Returns whether the response came from an origin that credentials were attached for.</summary>
    public bool IsAnswer(HttpResponseMessage response) => !IsElsewhere(response.RequestMessage?.RequestUri);

    private static bool IsRedirect(HttpResponseMessage? response) =>
        response is { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest } && response.Headers.Location is not null;

    private bool IsElsewhere(Uri? address) =>
        address is not null && !ReferenceEquals(address, Volatile.Read(ref _last)?.Address) && address.IsAbsoluteUri && !HasBeenAt(OriginOf(address));

    private bool HasBeenAt(Origin origin) => All().Any(sent => sent.Origin == origin);

    /// <summary>Returns whether the entry is already recorded, so that repeated sends by a handler of the application do not grow the list.</summary>
    private bool Holds(Sent another)
    {
        for (var sent = Volatile.Read(ref _last); sent is not null; sent = sent.Before)
        {
            if (sent.Origin == another.Origin && sent.Header.Equals(another.Header)) return true;
        }

        return false;
    }

    private IEnumerable<Sent> All()
    {
        for (var sent = Volatile.Read(ref _last); sent is not null; sent = sent.Before) yield return sent;
    }

    /// <summary>
    /// An entry of <see cref="CredentialHistory"/>: one token or API key that was attached to the request, and the address that it was attached for.
    /// </summary>
    private sealed class Sent(Uri address, Origin origin, AuthenticationHeaderValue header, BearerToken? token)
    {
        public Uri Address => address;

        public Origin Origin => origin;

        public AuthenticationHeaderValue Header => header;

        public BearerToken? Token => token;

        public Sent? Before { get; set; }
    }
}
