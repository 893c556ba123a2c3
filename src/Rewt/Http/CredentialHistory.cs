using System.Net;
using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>
/// The history of one outgoing request while it is being sent: the address that the application requested, the credentials that were attached for
/// each origin, and whether the request was redirected. With the history, the handlers prevent credentials from being sent to an origin that is not
/// allowed. The history is stored in the options of the request.
/// </summary>
internal sealed class CredentialHistory
{
    /// <summary>
    /// The option that the client-side load balancing of gRPC sets. Load balancing replaces the host in the address of a request by an IP address,
    /// and keeps the host name in the <c>Host</c> header.
    /// </summary>
    private static readonly HttpRequestOptionsKey<object> Balanced = new("CurrentAddress");

    private static readonly HttpRequestOptionsKey<CredentialHistory> Key = new("Rewt.CredentialHistory");

    /// <summary>
    /// The history of the request that is being sent on this asynchronous flow. If a handler of the application sends a copy of the request without
    /// the options, the history is read from this field.
    /// </summary>
    private static readonly AsyncLocal<CredentialHistory?> Flowing = new();

    /// <summary>
    /// The attached credentials as a linked list, the newest first. Entries are only added and never removed, because several attempts of one request
    /// can run concurrently (hedging).
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

    /// <summary>The origin that the application requested, before any handler changed the address.</summary>
    public Origin Asked { get; }

    /// <summary>
    /// Whether the request was sent without credentials, because signing is configured for all clients (<c>ConfigureHttpClientDefaults</c>) and that
    /// configuration does not allow the origin.
    /// </summary>
    public bool IsExempt { get; set; }

    public static CredentialHistory? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var history) ? history : Flowing.Value;

    /// <summary>
    /// Starts the history of a request. The history is available in all asynchronous calls until the caller returns or calls <see cref="End"/>.
    /// </summary>
    public static CredentialHistory Begin(HttpRequestMessage request, Uri asked)
    {
        var history = new CredentialHistory(request, asked);
        request.Options.Set(Key, history);
        Flowing.Value = history;
        return history;
    }

    /// <summary>
    /// Ends the history after a synchronous send. A call of <see cref="End"/> is necessary because a change of the execution context in a synchronous
    /// method stays in effect after the method returns.
    /// </summary>
    public static void End() => Flowing.Value = null;

    /// <summary>Returns whether the request has credentials that this library attached.</summary>
    public static bool IsSigned(HttpRequestMessage request) => SignedFor(request).Count > 0;

    /// <summary>
    /// Returns the origins for which the credentials of the request were attached. The list is empty if this library attached no credentials.
    /// </summary>
    public static IReadOnlyCollection<Origin> SignedFor(HttpRequestMessage request)
    {
        if (Of(request) is not { } history || !request.Headers.NonValidated.TryGetValues("Authorization", out var values)) return [];
        return [.. history.All().Where(sent => values.Any(value => value.Contains(sent.Header.Parameter!, StringComparison.Ordinal))).Select(sent => sent.Origin)];
    }

    /// <summary>
    /// Returns the token that this library attached, if the request still has it; otherwise <see langword="null"/>. The handlers may replace this
    /// token, but not an <c>Authorization</c> header that the application has set.
    /// </summary>
    public static BearerToken? TokenOn(HttpRequestMessage request) =>
        request.Headers.Authorization is { } header ? Of(request)?.SentWith(header)?.Token : null;

    /// <summary>
    /// Returns the parts that the token of the request is bound to; <see langword="null"/> if the request has no bound token of this library.
    /// </summary>
    public static BoundRequest? BoundOn(HttpRequestMessage request)
    {
        if (Of(request) is not { } history || Volatile.Read(ref history._last) is not { } last) return null;
        return (history.IsAsSigned(request) ? last.Token : TokenOn(request))?.Bound;
    }

    /// <summary>Returns the origin of an address. The address that the application requested, which is the usual case, is not parsed again.</summary>
    public Origin OriginOf(Uri address) => ReferenceEquals(address, _address) ? _origin : Origin.Of(address);

    /// <summary>
    /// Returns whether the request can be signed for an origin. For the first signature, any origin that the handlers of the application chose is
    /// accepted. For further signatures, only an origin for which credentials were already attached is accepted. If the address is resolved for each
    /// attempt (service discovery), other origins are accepted until the request is redirected.
    /// </summary>
    public bool LeadsTo(Origin origin) => Volatile.Read(ref _last) is null || HasBeenAt(origin) || (_isResolved && !_isRedirected);

    /// <summary>
    /// Attaches a token or an API key to the request, and records these credentials together with the current address of the request.
    /// </summary>
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

    /// <summary>
    /// Returns whether the address and the <c>Authorization</c> header are unchanged since the request was last signed. If they are unchanged, the
    /// full check is not necessary.
    /// </summary>
    public bool IsAsSigned(HttpRequestMessage request) =>
        Volatile.Read(ref _last) is { } last && ReferenceEquals(last.Address, request.RequestUri) && ReferenceEquals(last.Header, request.Headers.Authorization);

    /// <summary>
    /// Detects a redirect after the request was sent. An inner handler that follows redirects changes the address of the request itself, even if the
    /// request fails.
    /// </summary>
    public void Back(HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (IsElsewhere(request.RequestUri) || IsElsewhere(response?.RequestMessage?.RequestUri) || IsRedirect(response)) _isRedirected = true;
    }

    /// <summary>
    /// Finds the attached credentials that an <c>Authorization</c> header contains. If <paramref name="header"/> is <see langword="null"/>, the
    /// credentials that were attached last are returned. The result is <see langword="null"/> if the application has set the header, or if no
    /// credentials were attached.
    /// </summary>
    public Sent? SentWith(AuthenticationHeaderValue? header) => header is null ? Volatile.Read(ref _last) : All().FirstOrDefault(sent => sent.Header.Equals(header));

    /// <summary>Returns whether the response came from an origin for which credentials were attached.</summary>
    public bool IsAnswer(HttpResponseMessage response) => !IsElsewhere(response.RequestMessage?.RequestUri);

    private static bool IsRedirect(HttpResponseMessage? response) =>
        response is { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest } && response.Headers.Location is not null;

    private bool IsElsewhere(Uri? address) =>
        address is not null && !ReferenceEquals(address, Volatile.Read(ref _last)?.Address) && address.IsAbsoluteUri && !HasBeenAt(OriginOf(address));

    private bool HasBeenAt(Origin origin) => All().Any(sent => sent.Origin == origin);

    /// <summary>
    /// Returns whether the list already contains an entry. If a handler of the application sends the request repeatedly, the list does not grow.
    /// </summary>
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
    /// An entry of <see cref="CredentialHistory"/>: a token or an API key that was attached to the request, and the address for which it was
    /// attached.
    /// </summary>
    public sealed class Sent(Uri address, Origin origin, AuthenticationHeaderValue header, BearerToken? token)
    {
        public Uri Address => address;

        public Origin Origin => origin;

        public AuthenticationHeaderValue Header => header;

        /// <summary>The token; <see langword="null"/> for an API key.</summary>
        public BearerToken? Token => token;

        public Sent? Before { get; set; }
    }
}
