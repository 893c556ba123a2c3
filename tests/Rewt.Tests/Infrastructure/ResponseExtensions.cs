namespace Rewt.Tests.Infrastructure;

/// <summary>Reads one part of a response and disposes the response.</summary>
internal static class ResponseExtensions
{
    public static async Task<HttpStatusCode> StatusAsync(this Task<HttpResponseMessage> responseTask)
    {
        using var response = await responseTask;
        return response.StatusCode;
    }

    public static async Task<string> TextAsync(this Task<HttpResponseMessage> responseTask)
    {
        using var response = await responseTask;
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>Returns the complete WWW-Authenticate header as sent.</summary>
    public static async Task<string> ChallengeAsync(this Task<HttpResponseMessage> responseTask)
    {
        using var response = await responseTask;
        return string.Join(", ", response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenge) ? challenge : []);
    }
}
