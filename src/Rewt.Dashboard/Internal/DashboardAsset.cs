using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// A static file of the dashboard (HTML page, script or style) that is embedded in this assembly, and the response that contains the file.
/// </summary>
internal sealed class DashboardAsset
{
    private static readonly string Page = Encoding.UTF8.GetString(Read("dashboard.html"));

    private readonly byte[] _content;
    private readonly string _contentType;

    private DashboardAsset(string name, string contentType) => (Name, _contentType, _content) = (name, contentType, Read(name));

    public static IReadOnlyList<DashboardAsset> All { get; } =
    [
        new("dashboard.css", "text/css; charset=utf-8"),
        new("dashboard.js", "text/javascript; charset=utf-8"),
    ];

    public string Name { get; }

    public static Task PageAsync(HttpContext context, string token)
    {
        var html = Page.Replace("{{base}}", HtmlEncoder.Default.Encode(Base(context.Request.Path)), StringComparison.Ordinal)
            .Replace("{{token}}", HtmlEncoder.Default.Encode(token), StringComparison.Ordinal);
        // Antiforgery overwrites Cache-Control, so the headers are written again.
        DashboardHeaders.Write(context.Response);
        return AnswerAsync(context, Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8");
    }

    public Task AnswerAsync(HttpContext context) => AnswerAsync(context, _content, _contentType);

    /// <summary>
    /// Returns the base address of the links in the page. The address is relative to the last segment of the page's path, so that it is correct
    /// behind a proxy that adds a path prefix.
    /// </summary>
    private static string Base(PathString path)
    {
        var text = path.ToUriComponent();
        var last = text[(text.LastIndexOf('/') + 1)..];
        return last.Length == 0 ? "./" : $"./{last}/";
    }

    private static async Task AnswerAsync(HttpContext context, byte[] content, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static byte[] Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
