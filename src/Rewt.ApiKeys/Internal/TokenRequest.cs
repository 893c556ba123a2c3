using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Rewt.Internal;

/// <summary>The parsed form of a request to the token endpoint (RFC 6749 §4.4.2). A parameter without a value counts as omitted (§3.2).</summary>
internal sealed class TokenRequest(IFormCollection form)
{
    private const int MaximumBytes = 16 * 1024;
    private const string FormType = "application/x-www-form-urlencoded";

    private static readonly FormOptions Limits = new()
    {
        BufferBodyLengthLimit = MaximumBytes,
        KeyLengthLimit = 128,
        ValueCountLimit = 32,
        ValueLengthLimit = 8 * 1024,
    };

    public string? GrantType => Value("grant_type");

    public string? ClientId => Value("client_id");

    public string? ClientSecret => Value("client_secret");

    public string? Audience => Value("audience");

    public string? Resource => Value("resource");

    public string? Scope => Value("scope");

    public bool HasDuplicates => form.Any(parameter => parameter.Value.Count > 1);

    /// <summary>Reads the form of a request. Returns <see langword="null"/> if the body is not a form, or if it is too large.</summary>
    public static async Task<TokenRequest?> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase)) return null;
        if (request.ContentLength > MaximumBytes) return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaximumBytes;
        try
        {
            return new TokenRequest(await request.ReadFormAsync(Limits, request.HttpContext.RequestAborted));
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException or InvalidOperationException or NotSupportedException)
        {
            // The last two report a character set that is unknown or that .NET no longer decodes.
            return null;
        }
    }

    private string? Value(string name) => form.TryGetValue(name, out var value) && value.Count == 1 && value[0] is { Length: > 0 } text ? text : null;
}
