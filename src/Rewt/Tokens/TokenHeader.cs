using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The parsed header of a received token, with the parameters that <see cref="TokenVerifier"/> uses (RFC 7515 §4.1). The header is not verified yet.
/// </summary>
/// <param name="Algorithm">The algorithm (<c>alg</c>).</param>
/// <param name="KeyId">The text of the key id (<c>kid</c>), which can be empty; <see cref="ParsedToken.KeyId"/> is the checked key id.</param>
/// <param name="Type">The type of the token (<c>typ</c>).</param>
/// <param name="ContentType">The content type (<c>cty</c>).</param>
/// <param name="HasExtensions">Whether the header contains or references a key, or contains an extension that this library does not support.</param>
internal sealed record TokenHeader(string? Algorithm, string? KeyId, string? Type, string? ContentType, bool HasExtensions)
{
    /// <summary>Whether the header has the form that the Node module <c>jsonwebtoken</c> writes by default.</summary>
    public bool IsNode => Algorithm == "HS256" && KeyId is null && (Type is null or TokenTypes.Node);

    /// <summary>Parses the header of a text that is not trusted. The result is <see langword="null"/> if the text has no valid header.</summary>
    public static TokenHeader? TryRead(ReadOnlySpan<char> token)
    {
        var end = token.IndexOf('.');
        if (end <= 0 || token.Length > TokenLimits.TokenLength || !Base64Url.IsValid(token[..end])) return null;

        try
        {
            using var document = StrictJson.Parse(Base64Url.DecodeFromChars(token[..end]));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            string? algorithm = null, keyId = null, type = null, contentType = null;
            var hasExtensions = false;
            foreach (var parameter in root.EnumerateObject())
            {
                switch (parameter.Name)
                {
                    case "alg": algorithm = StrictJson.Text(parameter.Value); break;
                    case "kid": keyId = StrictJson.Text(parameter.Value); break;
                    case "typ": type = StrictJson.Text(parameter.Value); break;
                    case "cty": contentType = StrictJson.Text(parameter.Value); break;
                    case "crit" or "b64" or "jwk" or "jku" or "x5u" or "x5c": hasExtensions = true; break;
                }
            }

            return new TokenHeader(algorithm, keyId, type, contentType, hasExtensions);
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            return null;
        }
    }
}
