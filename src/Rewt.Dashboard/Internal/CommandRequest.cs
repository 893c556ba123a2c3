using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rewt.Internal;

/// <summary>
/// The parameters of a dashboard command (rotate or revoke), which the page of the dashboard or a program sends as JSON or as a form.
/// </summary>
/// <param name="Ring">The namespace of the key ring; <see langword="null"/> for the first key ring of the application.</param>
/// <param name="KeyId">The id of the key to revoke.</param>
/// <param name="Force">Whether the key ring is rotated even if a key that the last rotation retired still verifies tokens.</param>
internal sealed record CommandRequest(string? Ring, string? KeyId, bool Force)
{
    private const int MaximumLength = 4096;

    /// <summary>Limits the size of the request body. The limit must be set before the antiforgery check, because the check reads the form.</summary>
    public static void Limit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaximumLength;
    }

    /// <returns>The parameters; <see langword="null"/> if the body is neither JSON nor a form.</returns>
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
        catch (Exception exception) when (exception is JsonException or InvalidDataException or IOException or InvalidOperationException or NotSupportedException)
        {
            // An IOException reports a body that is too long, or a multipart form without an end. The last two report a character set that is unknown or that .NET no longer decodes.
            return null;
        }
    }
}
