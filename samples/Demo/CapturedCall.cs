namespace Rewt.Samples.Demo;

/// <summary>A call between two services as an attacker between them would record it, with its token.</summary>
internal sealed record CapturedCall(string Method, string Target, IReadOnlyList<KeyValuePair<string, string[]>> Headers, byte[] Body)
{
    public HttpRequestMessage ToRequest(Uri instance)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(instance, Target)) { Content = Body.Length > 0 ? new ByteArrayContent(Body) : null };
        foreach (var (name, values) in Headers)
        {
            if (name is not ("Host" or "Connection" or "Content-Length" or "Transfer-Encoding") && !request.Headers.TryAddWithoutValidation(name, values)) request.Content?.Headers.TryAddWithoutValidation(name, values);
        }

        return request;
    }

    /// <summary>Returns method and target; the token is never included.</summary>
    public override string ToString() => $"{Method} {Target}";
}
