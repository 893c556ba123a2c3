namespace Rewt.Tests.Infrastructure;

/// <summary>The one thing that a test wants of an answer.</summary>
internal static class Answers
{
    public static async Task<HttpStatusCode> StatusAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return response.StatusCode;
    }

    public static async Task<string> TextAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>All that stands in WWW-Authenticate.</summary>
    public static async Task<string> ChallengeAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return string.Join(", ", response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenge) ? challenge : []);
    }
}
