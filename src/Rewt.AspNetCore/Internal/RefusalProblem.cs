using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>Writes the body of a 401 if <see cref="RewtOptions.ExplainRefusals"/> is set: the precise reason as problem details (RFC 9457).</summary>
internal static class RefusalProblem
{
    /// <summary>
    /// Writes the body unless there is one already. It is not flushed: the schemes that challenge after this one still add headers.
    /// </summary>
    public static void Write(HttpResponse response, TokenRefusal refusal)
    {
        if (response.HasStarted || response.ContentType is not null) return;
        response.ContentType = "application/problem+json";
        using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("title"u8, "Unauthorized"u8);
        json.WriteNumber("status"u8, response.StatusCode);
        json.WriteString("detail"u8, refusal.ToString());
        json.WriteString("reason"u8, refusal.Code);
        json.WriteEndObject();
    }
}
