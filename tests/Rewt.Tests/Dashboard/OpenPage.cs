using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>A page of the dashboard, what it asked for and what it complained of.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public OpenPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Request += (_, request) => Requests.Enqueue(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<string> Complaints { get; } = [];

    /// <summary>The id of the key that the table shows as current.</summary>
    public ILocator Current => Page.Locator("table.keys tr:has(.state[data-state=current]) td.id");

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public ILocator Outcome => Page.Locator("#outcome");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name });

    public ILocator RowOf(string keyId) => Page.Locator($"table.keys tr:has(td.id:text-is('{keyId}'))");

    public ILocator StateOf(string keyId) => RowOf(keyId).Locator(".state");

    /// <summary>Presses again where Redis, which has a second for each answer, let it pass on a machine that does much else.</summary>
    /// <param name="press">Asks for the command and confirms it.</param>
    /// <param name="outcome">What the page then says.</param>
    /// <param name="isDone">Whether it has been done although the page says something else; such a one cannot be asked for again.</param>
    public async Task CarryOutAsync(Func<Task> press, string outcome, Func<Task<bool>>? isDone = null)
    {
        var answer = Outcome.Locator("p").Filter(new LocatorFilterOptions { HasNotText = "Rotating…" }).Filter(new LocatorFilterOptions { HasNotText = "Revoking, and" });
        for (var attempt = 1; ; attempt++)
        {
            await press();
            await Assertions.Expect(answer).ToHaveCountAsync(1);
            if (attempt == 5 || await Outcome.Locator("[data-state=bad]").CountAsync() == 0) break;
            if (isDone is not null && await isDone()) return;

            await Button("Dismiss").ClickAsync();
        }

        await Assertions.Expect(Outcome).ToContainTextAsync(outcome);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
