using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>Represents an open page of the dashboard with its requests and console errors.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public OpenPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Request += (_, request) => Requests.Enqueue(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") ConsoleErrors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => ConsoleErrors.Enqueue(error);
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<string> ConsoleErrors { get; } = [];

    /// <summary>Gets the id of the key that the table shows as current.</summary>
    public ILocator Current => Page.Locator("table.keys tr:has(.state[data-state=current]) td.id");

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public ILocator Outcome => Page.Locator("#outcome");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name });

    public ILocator RowOf(string keyId) => Page.Locator($"table.keys tr:has(.copy:text-is('{keyId}'))");

    public ILocator StateOf(string keyId) => RowOf(keyId).Locator(".state");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
