using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rewt.Internal;

/// <summary>What a command asks for, from JSON or a form.</summary>
/// <param name="Ring">The namespace; <see langword="null"/> for the first.</param>
/// <param name="KeyId">The key to revoke.</param>
/// <param name="Force">Rotate although the last rotation is in its overlap.</param>
internal sealed record CommandRequest(string? Ring, string? KeyId, bool Force)
{
    private const int MaximumLength = 4096;

    /// <summary>Before anybody reads the body, antiforgery too, which looks for its token in a form.</summary>
    public static void Limit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaximumLength;
    }

    /// <returns><see langword="null"/> for what is neither.</returns>
    public static async Task<CommandRequest?> ReadAsync(HttpRequest request)
    {
        try
        {
            if (request.HasFormContentType)
            {
                var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
                return new CommandRequest(Text("ring"), Text("keyId"), Text("force") is "true" or "on");

                string? Text(string name) => form[name] is [{ Length: > 0 } text] ? text : null;
            }

            if (request.ContentLength is > MaximumLength) return null;
            if (!request.HasJsonContentType()) return request.ContentLength is null or 0 ? new CommandRequest(null, null, false) : null;
            return await request.ReadFromJsonAsync<CommandRequest>(JsonSerializerOptions.Web, request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or BadHttpRequestException or InvalidOperationException)
        {
            // InvalidOperationException is a character set that nobody knows.
            return null;
        }
    }
}
