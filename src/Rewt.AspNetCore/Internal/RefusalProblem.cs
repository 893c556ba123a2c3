using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// Writes the precise reason of a refusal into the body of the 401 response, as problem details (RFC 9457), if
/// <see cref="RewtOptions.ExplainRefusals"/> is set.
/// </summary>
internal static class RefusalProblem
{
    /// <summary>
    /// Writes the body, unless the response already has a body. The body is not flushed, because other schemes can still add headers to the response.
    /// </summary>
    public static void Write(HttpResponse response, string detail, string reason)
    {
        if (response.HasStarted || response.ContentType is not null) return;
        response.ContentType = "application/problem+json";
        using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("title"u8, "Unauthorized"u8);
        json.WriteNumber("status"u8, response.StatusCode);
        json.WriteString("detail"u8, detail);
        json.WriteString("reason"u8, reason);
        json.WriteEndObject();
    }
}
