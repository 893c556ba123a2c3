using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Rewt.Internal;

/// <summary>
/// Reads the claims of the current request's user that are copied to the tokens of outgoing requests. The claims are read for each outgoing request
/// and never stored.
/// </summary>
internal sealed class HttpCallerClaims(IHttpContextAccessor accessor) : ICallerClaims
{
    public bool HasCaller => accessor.HttpContext is not null;

    public IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names)
    {
        var user = accessor.HttpContext?.User;
        foreach (var name in names)
        {
            if (user is not null && ValueOf(user, name) is { } value) yield return KeyValuePair.Create(name, value);
        }
    }

    /// <summary>Returns the value of the claim with a given name, or a list if the user has several claims with this name.</summary>
    private static object? ValueOf(ClaimsPrincipal user, string name)
    {
        // A subject is one string (RFC 7519 §4.1.2), whatever further identities the user has.
        // A user of ASP.NET Core Identity has the subject under the name of .NET only.
        if (name == "sub") return (user.FindFirst(name) ?? user.FindFirst(IsRenamed) ?? user.FindFirst(ClaimTypes.NameIdentifier))?.Value;

        // The values under both names are combined, because an application may copy a renamed claim to its original name or add values under that name.
        var claims = user.FindAll(name).ToList();
        claims.AddRange(user.FindAll(claim => IsRenamed(claim) && !claims.Exists(known => known.Value == claim.Value)).ToList());
        return claims switch
        {
            [] => null,
            [var only] => ValueOf(only) is JsonElement { ValueKind: JsonValueKind.Array } array ? new object[] { array } : ValueOf(only),
            _ => claims.ConvertAll(ValueOf),
        };

        // By default JwtBearer gives claims of users other names, "sub" among them, and keeps the name in the token as a property.
        bool IsRenamed(Claim claim) => claim.Properties.TryGetValue(JsonWebTokenHandler.ShortClaimTypeProperty, out var original) && original == name;
    }

    /// <summary>
    /// Returns the value of a claim in the JSON type that <see cref="Claim.ValueType"/> names. A value that does not have the named type is returned
    /// as text.
    /// </summary>
    private static object ValueOf(Claim claim) => claim.ValueType switch
    {
        ClaimValueTypes.Boolean => bool.TryParse(claim.Value, out var value) ? value : claim.Value,
        ClaimValueTypes.Integer or ClaimValueTypes.Integer32 or ClaimValueTypes.Integer64 or ClaimValueTypes.UInteger32 or ClaimValueTypes.UInteger64 or ClaimValueTypes.Double
            or JsonClaimValueTypes.Json or JsonClaimValueTypes.JsonArray => Parse(claim.Value),
        JsonClaimValueTypes.JsonNull => Parse("null"),
        _ => claim.Value,
    };

    private static object Parse(string value)
    {
        try
        {
            return JsonElement.Parse(value, StrictJson.Options);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
