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
    internal async Task<OpenPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280, TestService? host = null)
    {
        var context = await _browser.ContextAsync((host ?? Host).Address, scheme: scheme, width: width);
        var page = new OpenPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync("/rewt");
        await Assertions.Expect(page.Page.Locator("#connection-word")).ToHaveTextAsync("Live");
        await Assertions.Expect(page.Current).Not.ToBeEmptyAsync();
        return page;
    }
}
