using System.Net;
using System.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>Where a request has been: what the application asked for, where tokens went, and whether an answer sent it elsewhere.</summary>
internal sealed class RequestTrail(Uri asked)
{
    private static readonly HttpRequestOptionsKey<RequestTrail> Key = new("Rewt.Trail");

    /// <summary>For a handler of the application that sends a copy of the request without its options.</summary>
    private static readonly AsyncLocal<RequestTrail?> Flowing = new();

    /// <summary>All that was signed, the last first, for attempts of one request may be under way at once (hedging); what one of them did only ever adds.</summary>
    private Sent? _last;

    private volatile bool _isResolved;
    private volatile bool _isRedirected;

    /// <summary>The origin as the application wrote it, before any handler.</summary>
    public Origin Asked { get; } = Origin.Of(asked);

    public static RequestTrail? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var trail) ? trail : Flowing.Value;

    /// <summary>Begins at a request, for it and all that is called with it until the caller returns or calls <see cref="End"/>.</summary>
    public static RequestTrail Begin(HttpRequestMessage request, Uri asked)
    {
        var trail = new RequestTrail(asked);
        request.Options.Set(Key, trail);
        Flowing.Value = trail;
        return trail;
    }

    /// <summary>For synchronous callers, whose changes to the flow are not undone when they return.</summary>
    public static void End() => Flowing.Value = null;

    /// <summary>Whether the request carries a token of ours.</summary>
    public static bool IsSigned(HttpRequestMessage request) => SignedFor(request).Count > 0;

    /// <summary>Where the token that the request carries was meant to go; nowhere when it carries none of ours.</summary>
    public static IReadOnlyCollection<Origin> SignedFor(HttpRequestMessage request)
    {
        if (Of(request) is not { } trail || !request.Headers.NonValidated.TryGetValues("Authorization", out var values)) return [];
        return [.. trail.All().Where(sent => values.Any(value => value.Contains(sent.Header.Parameter!, StringComparison.Ordinal))).Select(sent => sent.Origin)];
    }

    /// <summary>The token that we attached, if the request still carries it: a header that holds it is ours to replace, not the caller's own.</summary>
    public static BearerToken? TokenOn(HttpRequestMessage request) =>
        Of(request)?.All().FirstOrDefault(sent => sent.Token is not null && sent.Header.Equals(request.Headers.Authorization))?.Token;

    /// <summary>The origin of an address, which nearly always is the one that was asked for.</summary>
    public Origin OriginOf(Uri address) => ReferenceEquals(address, asked) ? Asked : Origin.Of(address);

    /// <summary>
    /// Whether the way goes on there: the first time wherever the application's handlers led it, later where it has been. Only one whose
    /// address is resolved anew each time (service discovery) may change, and not after a redirect.
    /// </summary>
    public bool LeadsTo(Origin origin) => Volatile.Read(ref _last) is null || HasBeenAt(origin) || (_isResolved && !_isRedirected);

    /// <summary>Attaches a token, or another credential of ours, for where the request is sent.</summary>
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

    /// <summary>Whether the request is as it was when it was signed last; if not, more must be asked.</summary>
    public bool IsAsSigned(HttpRequestMessage request) =>
        Volatile.Read(ref _last) is { } last && ReferenceEquals(last.Address, request.RequestUri) && ReferenceEquals(last.Header, request.Headers.Authorization);

    /// <summary>Looks at what came of a send: a redirect below rewrites the request's address in place, whether or not an answer came.</summary>
    public void Back(HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (IsElsewhere(request.RequestUri) || IsElsewhere(response?.RequestMessage?.RequestUri) || IsRedirect(response)) _isRedirected = true;
    }

    /// <summary>Whether an answer came from where a token went.</summary>
    public bool IsAnswer(HttpResponseMessage response) => !IsElsewhere(response.RequestMessage?.RequestUri);

    private static bool IsRedirect(HttpResponseMessage? response) =>
        response is { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest } && response.Headers.Location is not null;

    private bool IsElsewhere(Uri? address) =>
        address is not null && !ReferenceEquals(address, Volatile.Read(ref _last)?.Address) && address.IsAbsoluteUri && !HasBeenAt(OriginOf(address));

    private bool HasBeenAt(Origin origin) => All().Any(sent => sent.Origin == origin);

    /// <summary>However often a handler of the application sends the same again, it is remembered once.</summary>
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

    private sealed class Sent(Uri address, Origin origin, AuthenticationHeaderValue header, BearerToken? token)
    {
        public Uri Address => address;

        public Origin Origin => origin;

        public AuthenticationHeaderValue Header => header;

        public BearerToken? Token => token;

        public Sent? Before { get; set; }
    }
}
