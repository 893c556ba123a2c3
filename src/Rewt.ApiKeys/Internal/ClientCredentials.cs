using System.Text;
using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>
/// The id and the API key with which an app authenticates to the token endpoint, read from Basic authentication or the form (client credentials, RFC
/// 6749 §2.3.1).
/// </summary>
internal readonly record struct ClientCredentials(string? Id, string? Secret)
{
    private const string Scheme = "Basic ";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the credentials from the header if there is one, otherwise from the form. Id and secret are null if the header is malformed.
    /// </summary>
    public static ClientCredentials Read(StringValues authorization, TokenRequest request)
    {
        if (authorization.Count == 0) return new ClientCredentials(request.ClientId, request.ClientSecret);

        var header = authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return default;
        try
        {
            var text = StrictUtf8.GetString(Convert.FromBase64String(header[Scheme.Length..].Trim(' ')));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? default : new ClientCredentials(Decoded(text[..colon]), Decoded(text[(colon + 1)..]));
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return default;
        }
    }

    /// <summary>Returns the name of the type; id and secret are never included.</summary>
    public override string ToString() => nameof(ClientCredentials);

    /// <summary>Decodes id or secret: both are form-encoded before they are joined (RFC 6749 §2.3.1).</summary>
    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
