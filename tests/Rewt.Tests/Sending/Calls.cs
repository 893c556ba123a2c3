namespace Rewt.Tests.Sending;

internal static class Calls
{
    public static Uri Relative(string path) => new(path, UriKind.Relative);

    public static Task<HttpResponseMessage> CallAsync(this HttpClient client, string path, Dictionary<string, object>? claims = null) =>
        client.SendAsync(HttpMethod.Get, path, request =>
        {
            if (claims is not null) request.SetRewtClaims(claims);
        });

    public static async Task<HttpResponseMessage> SendAsync(this HttpClient client, HttpMethod method, string path, Action<HttpRequestMessage> prepare)
    {
        using var request = new HttpRequestMessage(method, path);
        prepare(request);
        return await client.SendAsync(request, Cancellation);
    }
}
