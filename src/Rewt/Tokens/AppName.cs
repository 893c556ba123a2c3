using System.Security.Claims;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// Creates and recognizes the caller name of a trusted app: <c>app:</c> followed by its id. The issuer of an app's token is the service that signed
/// it. The verification replaces the issuer with the name of the app, so that the app is not confused with the service.
/// </summary>
internal static class AppName
{
    public const string ClientIdClaim = "client_id";

    private const string Prefix = "app:";

    public static string Of(string appId) => Prefix + appId;

    /// <summary>Returns whether a name consists of <c>app:</c> and a valid app id.</summary>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && ApiKeyFormat.IsAppId(name[Prefix.Length..]);

    /// <summary>Returns the claims of an app's token: <c>sub</c>, <c>client_id</c> and <c>scope</c> (RFC 9068 §2.2).</summary>
    public static AppClaims Claims(string appId, IReadOnlyCollection<string> scopes)
    {
        var claims = new AppClaims { ["sub"] = Of(appId), [ClientIdClaim] = appId };
        if (scopes.Count > 0) claims["scope"] = string.Join(' ', scopes);
        return claims;
    }

    /// <summary>
    /// Changes the result of the verification of an app's token. The name of the app replaces the issuer, and the claim <c>scope</c> is split into
    /// one claim for each scope. The results of other tokens are returned unchanged.
    /// </summary>
    public static TokenResult Apply(TokenResult verdict)
    {
        // Only tokens of this library can be app tokens; another issuer may write any sub and client_id.
        if (verdict.Header?.Type != TokenTypes.Bearer) return verdict;
        if (verdict is not { Claims: { Subject: { } subject } claims, Identity: { } identity } || !Is(subject)) return verdict;
        using var payload = JsonDocument.Parse(claims.Payload, StrictJson.Options);
        if (!payload.RootElement.TryGetProperty(ClientIdClaim, out var clientId) || clientId.ValueKind != JsonValueKind.String) return verdict;
        if (Of(clientId.GetString()!) != subject) return verdict;

        foreach (var issuer in identity.FindAll("iss").ToList())
        {
            identity.RemoveClaim(issuer);
            identity.AddClaim(new Claim(issuer.Type, subject, ClaimValueTypes.String, issuer.Issuer));
        }

        foreach (var scope in identity.FindAll("scope").Where(scope => scope.Value.Contains(' ', StringComparison.Ordinal)).ToList())
        {
            identity.RemoveClaim(scope);
            identity.AddClaims(scope.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => new Claim("scope", one, ClaimValueTypes.String, scope.Issuer)));
        }

        return verdict with { App = subject };
    }
}
