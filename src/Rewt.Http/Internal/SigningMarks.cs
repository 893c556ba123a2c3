namespace Rewt.Internal;

/// <summary>What travels with a request in its options.</summary>
internal static class SigningMarks
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");

    /// <summary>The token that we attached: a header that holds it is ours to replace, not the caller's own.</summary>
    public static readonly HttpRequestOptionsKey<BearerToken> Token = new("Rewt.Token");

    /// <summary>The last attempt's token was refused: sign, do not take it from the cache.</summary>
    public static readonly HttpRequestOptionsKey<bool> Fresh = new("Rewt.Fresh");

    /// <summary>A retry further out watches over the request: signing for all clients lies around that of one, and two would make four attempts.</summary>
    public static readonly HttpRequestOptionsKey<bool> Guarded = new("Rewt.Guarded");

    /// <summary>The token that we attached, if the request still carries it.</summary>
    public static BearerToken? TokenOf(HttpRequestMessage request) =>
        request.Options.TryGetValue(Token, out var token) && token.Header.Equals(request.Headers.Authorization) ? token : null;
}
