using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rewt.Tests.Faults;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Dashboard;

/// <summary>A service with the dashboard, whose operators log in by a header.</summary>
internal sealed partial class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    // Streams that are left are left at once, not read on for a while in hope of their end.
    private readonly SocketsHttpHandler _cookies = new() { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero };

    private DashboardHost(WebApplication application, CapturedLog log)
    {
        (_application, Log) = (application, log);
        Client = new HttpClient(_cookies) { BaseAddress = Address };
        Client.DefaultRequestHeaders.Add("user", "ops-ada");
    }

    public Uri Address => new(_application.Urls.Single());

    public CapturedLog Log { get; }

    /// <summary>An operator's, which keeps cookies.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public IRewtKeyRing Ring => Services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => Services.GetRequiredService<IRewtTokens>();

    /// <param name="redis">A connection string; null keeps the keys in memory.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="map">What is mapped in place of the dashboard at its own address.</param>
    /// <param name="policy">The name of the policy that lets operators in; null for none.</param>
    public static async Task<DashboardHost> StartAsync(
        string? redis = null,
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        string? policy = RewtDashboardDefaults.PolicyName)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var log = new CapturedLog();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        if (redis is null) builder.Services.AddRewtInMemory();
        builder.Services.AddRewtAuthentication(options =>
        {
            (options.Redis, options.ServiceName, options.RefreshInterval) = (redis, "inventory", TimeSpan.FromMilliseconds(500));
            settings?.Invoke(options);
        });
        builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TestUserHandler>(TestUserHandler.Name, null);
        builder.Services.AddDataProtectionInMemory();
        if (policy is not null) builder.Services.AddAuthorization(options => options.AddPolicy(policy, operators => operators.AddAuthenticationSchemes(TestUserHandler.Name).RequireRole("operator")));
        configure?.Invoke(builder);

        var application = builder.Build();
        try
        {
            if (map is null) application.MapRewtDashboard("/rewt");
            else map(application);
            application.MapGet("/secure", () => "in").RequireAuthorization();
            await application.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new DashboardHost(application, log);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    public async Task<JsonElement> SnapshotAsync(string path = "/rewt") =>
        await Client.GetFromJsonAsync<JsonElement>(new Uri($"{path.TrimEnd('/')}/snapshot", UriKind.Relative), TestContext.Current.CancellationToken);

    public async Task<JsonElement> RingAsync() => (await SnapshotAsync()).GetProperty("rings")[0];

    /// <summary>Waits until the first ring has a current key.</summary>
    public async Task<string> WarmAsync()
    {
        string? current = null;
        await Eventually.TrueAsync(async () => (current = KeyIn(await RingAsync(), "current")) is not null, "the ring has a current key");
        return current!;
    }

    public static string? KeyIn(JsonElement ring, string state) =>
        ring.GetProperty("keys").EnumerateArray().Where(key => key.GetProperty("state").GetString() == state).Select(key => key.GetProperty("id").GetString()).FirstOrDefault();

    public async Task<string> TokenAsync(string path = "/rewt")
    {
        var page = await Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return WebUtility.HtmlDecode(Field().Match(page).Groups["token"].Value);
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> CommandAsync(string command, object body, string path = "/rewt", string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{path.TrimEnd('/')}/{command}", UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.Add("RequestVerificationToken", token ?? await TokenAsync(path));
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>A command that is to succeed: Redis has a second for each answer, which a machine that does much else may let pass, so 503 is tried again.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> CarryOutAsync(string command, object body, string path = "/rewt")
    {
        var before = (await Ring.GetAsync(TestContext.Current.CancellationToken)).Current?.KeyId;
        for (var attempt = 1; ; attempt++)
        {
            var answered = await CommandAsync(command, body, path);
            if (answered.Status != HttpStatusCode.ServiceUnavailable || attempt == 10) return answered;

            // It may have been done without an answer, and a second rotation would be one too many.
            var now = (await Ring.GetAsync(TestContext.Current.CancellationToken)).Current?.KeyId;
            if (command == "rotate" && now != before) return (HttpStatusCode.OK, JsonSerializer.SerializeToElement(new { outcome = "rotated", keyId = now }));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _cookies.Dispose();
        await _application.DisposeAsync();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
