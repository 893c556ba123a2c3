using System.Text;
using Microsoft.Extensions.Primitives;

namespace Rewt.Internal;

/// <summary>
/// The client credentials with which an app authenticates to the token endpoint (RFC 6749 §2.3.1): the id of the app and its API key. The credentials
/// are read from the header of Basic authentication, or from the form.
/// </summary>
internal readonly record struct ClientCredentials(string? Id, string? Secret)
{
    private const string Scheme = "Basic ";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the credentials from the <c>Authorization</c> header if the request has one, otherwise from the form. If the header is malformed, both
    /// values are <see langword="null"/>.
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

    /// <summary>Returns the name of the type, without the credentials.</summary>
    public override string ToString() => nameof(ClientCredentials);

    /// <summary>
    /// Decodes the id or the secret of Basic authentication. The client form-encodes both values before joining them with a colon (RFC 6749 §2.3.1).
    /// </summary>
    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
