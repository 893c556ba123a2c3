using System.Security.Claims;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// How an app is called among callers: <c>app:</c> and its id, which no service's name can be. A token that an app got for its key is signed by
/// the service that gave it; whoever verifies it sees the app as issuer, so that it is never taken for that service.
/// </summary>
internal static class AppName
{
    public const string ClientIdClaim = "client_id";

    private const string Prefix = "app:";

    public static string Of(string appId) => Prefix + appId;

    /// <summary>Whether it is <c>app:</c> and an id.</summary>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && ApiKeyFormat.IsAppId(name[Prefix.Length..]);

    /// <summary>What the token of an app says of it (RFC 9068 §2.2: <c>sub</c>, <c>client_id</c>, <c>scope</c>).</summary>
    public static AppClaims Claims(AppEntry app, IReadOnlyCollection<string> scopes)
    {
        var claims = new AppClaims { ["sub"] = Of(app.Id), [ClientIdClaim] = app.Id };
        if (scopes.Count > 0) claims["scope"] = string.Join(' ', scopes);
        return claims;
    }

    /// <summary>Gives a verdict on an app's token the app as issuer, and one claim for each scope.</summary>
    public static TokenVerdict Apply(TokenVerdict verdict)
    {
        // Of our own kind only: what others sign may say what it likes of its clients.
        if (verdict.Header.Type != TokenTypes.Bearer) return verdict;
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
