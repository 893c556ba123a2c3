using System.Net.Http.Json;

namespace Rewt.Tests.Dashboard;

/// <summary>Starts services with the dashboard, whose operators are authenticated by a header.</summary>
internal static partial class DashboardService
{
    /// <param name="redis">A connection string; null keeps the keys in memory.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="map">The endpoints to map instead of the dashboard at /rewt.</param>
    /// <param name="policy">The name of the policy for operators; null for none.</param>
    public static async Task<TestService> StartAsync(
        string? redis = null,
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        string? policy = RewtDashboardDefaults.PolicyName)
    {
        var service = await TestService.StartAsync(
            redis,
            settings: options =>
            {
                options.RefreshInterval = TimeSpan.FromMilliseconds(500);
                settings?.Invoke(options);
            },
            configure: builder =>
            {
                builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TestUserHandler>(TestUserHandler.Name, null);
                builder.Services.AddDataProtectionInMemory();
                if (policy is not null) builder.Services.AddAuthorization(options => options.AddPolicy(policy, operators => operators.AddAuthenticationSchemes(TestUserHandler.Name).RequireRole("operator")));
                configure?.Invoke(builder);
            },
            map: map ?? (application => application.MapRewtDashboard("/rewt")));
        service.Http.DefaultRequestHeaders.Add("user", "ops-ada");
        return service;
    }

    public static string? KeyIn(JsonElement ring, string state) =>
        ring.GetProperty("keys").EnumerateArray().Where(key => key.GetProperty("state").GetString() == state).Select(key => key.GetProperty("id").GetString()).FirstOrDefault();

    extension(TestService service)
    {
        public async Task<JsonElement> SnapshotAsync(string path = "/rewt") =>
            await service.Http.GetFromJsonAsync<JsonElement>(new Uri($"{path.TrimEnd('/')}/snapshot", UriKind.Relative), Cancellation);

        public async Task<JsonElement> RingAsync() => (await service.SnapshotAsync()).GetProperty("rings")[0];

        /// <summary>Waits until the first key ring has a current key, and returns its id.</summary>
        public async Task<string> WarmAsync()
        {
            string? current = null;
            await Eventually.TrueAsync(async () => (current = KeyIn(await service.RingAsync(), "current")) is not null, "the ring has a current key");
            return current!;
        }

        public async Task<string> TokenAsync(string path = "/rewt")
        {
            var page = await service.Http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);
            return WebUtility.HtmlDecode(Field().Match(page).Groups["token"].Value);
        }

        public async Task<(HttpStatusCode Status, JsonElement Answer)> CommandAsync(string command, object body, string path = "/rewt", string? token = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{path.TrimEnd('/')}/{command}", UriKind.Relative)) { Content = JsonContent.Create(body) };
            request.Headers.Add("RequestVerificationToken", token ?? await service.TokenAsync(path));
            using var response = await service.Http.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
