using System.Collections.Immutable;
using System.Net;

namespace Rewt.Internal;

/// <summary>Where a request has been: what the application asked for, where tokens went, and whether an answer sent it elsewhere.</summary>
internal sealed class RequestTrail(Origin asked)
{
    private static readonly HttpRequestOptionsKey<RequestTrail> Key = new("Rewt.Trail");

    /// <summary>For a handler of the application that sends a copy of the request without its options.</summary>
    private static readonly AsyncLocal<RequestTrail?> Flowing = new();

    /// <summary>All that was signed, for attempts of one request may be under way at once (hedging); what one of them did only ever adds.</summary>
    private ImmutableHashSet<(Origin Origin, string Token)> _sent = [];

    private volatile bool _isResolved;
    private volatile bool _isRedirected;

    /// <summary>The origin as the application wrote it, before any handler.</summary>
    public Origin Asked => asked;

    public static RequestTrail? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var trail) ? trail : Flowing.Value;

    /// <summary>Begins at a request, for it and all that is called with it until the caller returns or calls <see cref="End"/>.</summary>
    public static RequestTrail Begin(HttpRequestMessage request, Origin asked)
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
        return [.. trail._sent.Where(sent => values.Any(value => value.Contains(sent.Token, StringComparison.Ordinal))).Select(sent => sent.Origin)];
    }

    /// <summary>
    /// Whether the way goes on there: the first time wherever the application's handlers led it, later where it has been. Only one whose
    /// address is resolved anew each time (service discovery) may change, and not after a redirect.
    /// </summary>
    public bool LeadsTo(Origin origin) => _sent.IsEmpty || HasBeenAt(origin) || (_isResolved && !_isRedirected);

    /// <summary>A token, or another credential of ours, was attached for an origin.</summary>
    public void Signed(Origin origin, string token)
    {
        ImmutableInterlocked.Update(ref _sent, static (sent, one) => sent.Add(one), (origin, token));
        if (origin != asked) _isResolved = true;
    }

    /// <summary>Looks at what came of a send: a redirect below rewrites the request's address in place, whether or not an answer came.</summary>
    public void Back(HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (IsElsewhere(request.RequestUri) || IsElsewhere(response?.RequestMessage?.RequestUri) || IsRedirect(response)) _isRedirected = true;
    }

    /// <summary>Whether an answer came from where a token went.</summary>
    public bool IsAnswer(HttpResponseMessage response) => !IsElsewhere(response.RequestMessage?.RequestUri);

    private static bool IsRedirect(HttpResponseMessage? response) =>
        response is { Headers.Location: not null, StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest };

    private bool IsElsewhere(Uri? address) => address is { IsAbsoluteUri: true } && !HasBeenAt(Origin.Of(address));

    private bool HasBeenAt(Origin origin) => _sent.Any(sent => sent.Origin == origin);
}
