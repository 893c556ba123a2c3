using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>One headless Chromium for the tests of a class, with a profile of its own; each test has its own context and page.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>For a machine that does much else at the same time.</summary>
    public const float Patience = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable => Names.Select(Executables.Find).FirstOrDefault(path => path is not null);

    /// <summary>Starts it for the first test that needs it: one that is skipped needs none.</summary>
    public async Task<IBrowserContext> ContextAsync(Uri address, string user = "ops-ada", ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Require.That(Executable is not null, "needs Chromium on the PATH: apt-get install chromium");
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments, Headless = true, Timeout = Patience });
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            Locale = "en-GB",
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(Patience);
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
