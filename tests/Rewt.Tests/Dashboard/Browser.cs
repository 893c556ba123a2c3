using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>Provides one headless Chromium with its own profile to the tests of a class. Each test has its own context and page.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Specifies the timeout in milliseconds, which is long enough for a machine under load.</summary>
    public const float TimeoutMilliseconds = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable => Names.Select(Executables.Find).FirstOrDefault(path => path is not null);

    /// <summary>Creates a context. Chromium is started for the first test that is not skipped.</summary>
    public async Task<IBrowserContext> ContextAsync(Uri address, string user = "ops-ada", ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Require.That(Executable is not null, "needs Chromium on the PATH: apt-get install chromium");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments, Headless = true, Timeout = TimeoutMilliseconds });
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            Locale = "en-GB",
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(TimeoutMilliseconds);
        await context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "user", Value = user, Url = address.ToString() }]);
        return context;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
