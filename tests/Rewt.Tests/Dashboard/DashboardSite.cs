using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>Provides a browser, a service with the dashboard and a second service on the same key ring.</summary>
public sealed class DashboardSite : IAsyncLifetime
{
    private readonly Browser _browser = new();
    private RedisServer? _redis;
    private TestService? _second;
    private TestService? _host;

    public RedisServer Redis => _redis!;

    internal TestService Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _host = await DashboardService.StartAsync(_redis.ConnectionString);
        _second = await TestService.StartAsync(_redis.ConnectionString, "orders", options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        Assertions.SetDefaultExpectTimeout(Browser.TimeoutMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        if (_second is not null) await _second.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    /// <summary>Opens the dashboard as an operator and waits until the page is live.</summary>
    /// <param name="scheme">The color scheme of the browser.</param>
    /// <param name="width">The width of the window.</param>
    /// <param name="host">The service with the dashboard; the default is <see cref="Host"/>.</param>
    /// <param name="route">Changes responses to the page before it is opened.</param>
    /// <param name="hasKeys">Whether to wait until the page shows a current key.</param>
    internal async Task<OpenPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280, TestService? host = null, Func<IPage, Task>? route = null, bool hasKeys = true)
    {
        var context = await _browser.ContextAsync((host ?? Host).Address, scheme: scheme, width: width);
        var page = new OpenPage(context, await context.NewPageAsync());
        if (route is not null) await route(page.Page);
        await page.Page.GotoAsync("/rewt");
        await Assertions.Expect(page.Page.Locator("#connection-word")).ToHaveTextAsync("Live");
        if (hasKeys) await Assertions.Expect(page.Current.First).Not.ToBeEmptyAsync();
        return page;
    }
}
