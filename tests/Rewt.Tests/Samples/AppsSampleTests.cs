using Rewt.Tests.Docs;

namespace Rewt.Tests.Samples;

public sealed partial class AppsSampleTests
{
    [Fact]
    public async Task An_app_needs_a_scope_and_a_service_is_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var reports = await SampleService.StartAsync("Apps", redis);
        await using var added = SampleService.Run("Apps", "add", "acme-mobile", "--ConnectionStrings:redis", redis.ConnectionString);
        await Eventually.TrueAsync(() => added.HasExited || ApiKey().IsMatch(added.Output), "the API key is printed");
        var key = ApiKey().Match(added.Output).Value;
        key.ShouldNotBeEmpty(added.Output);

        await CurlExamples.RunAsync("samples/Apps/README.md", reports.Client.BaseAddress!.Authority, new Dictionary<string, string?> { ["REWT_API_KEY"] = key });

        using var credentials = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "acme-mobile"), new("client_secret", key)]);
        var answer = await reports.Client.PostAsync(new Uri("/token", UriKind.Relative), credentials, Cancellation).TextAsync();
        var appToken = JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("access_token").GetString();
        (await StatusAsync(HttpMethod.Get, appToken)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Post, appToken)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, await ServiceToken.CreateAsync(redis, "orders", "reports"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, null)).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string? token)
        {
            using var request = new HttpRequestMessage(method, "/reports");
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            return await reports.Client.SendAsync(request, Cancellation).StatusAsync();
        }
    }

    [GeneratedRegex("^rewt_acme-mobile_[A-Za-z0-9_-]+", RegexOptions.CultureInvariant | RegexOptions.Multiline, 1000)]
    private static partial Regex ApiKey();
}
