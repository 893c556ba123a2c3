namespace Rewt.Tests.Apps;

/// <summary>Sends requests to the token endpoint.</summary>
internal static class TokenRequests
{
    /// <summary>Requests a token with Basic authentication. Throws if no token is returned.</summary>
    public static async Task<string> TokenAsync(TestService service, string appId, string key, params (string Name, string Value)[] parameters)
    {
        using var response = await PostAsync(service, Basic(appId, key), [("grant_type", "client_credentials"), .. parameters]);
        response.EnsureSuccessStatusCode();
        return (await BodyAsync(response)).GetProperty("access_token").GetString()!;
    }

    public static async Task<HttpResponseMessage> PostAsync(TestService service, AuthenticationHeaderValue? authorization, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        return await PostAsync(service, authorization, content);
    }

    public static async Task<HttpResponseMessage> PostAsync(TestService service, AuthenticationHeaderValue? authorization, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token") { Content = content };
        request.Headers.Authorization = authorization;
        return await service.Http.SendAsync(request, Cancellation);
    }

    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        return document.RootElement.Clone();
    }
}
