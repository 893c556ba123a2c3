using System.Buffers.Binary;
using Microsoft.Playwright;

namespace Rewt.Tests.Dashboard;

/// <summary>The pictures of docs/operations/dashboard.md; <c>REWT_SCREENSHOTS=1 dotnet test --filter FullyQualifiedName~ScreenshotTests</c> makes them anew, of a fleet that has lived for a while.</summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    private static string Docs => Path.Combine(RepositoryRoot.Path, "docs", "operations");

    [Theory]
    [InlineData("dashboard.png")]
    [InlineData("dashboard-dark.png")]
    public void The_docs_show_a_picture_of_it(string name)
    {
        ShouldBePicture(File.ReadAllBytes(Path.Combine(Docs, name)));

        File.ReadAllText(Path.Combine(Docs, "dashboard.md")).ShouldContain($"({name})");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task The_pictures_can_be_made_anew()
    {
        var isForDocs = Environment.GetEnvironmentVariable("REWT_SCREENSHOTS") == "1";
        using var scratch = new ScratchDirectory();
        var directory = isForDocs ? Docs : scratch.Path;
        await using var redis = await RedisServer.StartAsync();
        await using var shipping = await TestService.StartAsync(redis.ConnectionString, "shipping", Lively);
        await using var dashboard = await DashboardService.StartAsync(redis.ConnectionString, Lively, builder => builder.Services
            .AddHttpClient("shipping", client => client.BaseAddress = shipping.Address).AddRewtSigning("shipping"));
        await using var second = await TestService.StartAsync(redis.ConnectionString, "inventory", Lively);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", Lively, builder => builder.Services
            .AddHttpClient("inventory", client => client.BaseAddress = dashboard.Address).AddRewtSigning("inventory"));
        await using var alsoOrders = await TestService.StartAsync(redis.ConnectionString, "orders", Lively);
        await dashboard.WarmAsync();
        await Eventually.TrueAsync(() => CanSignAsync(orders), TimeSpan.FromSeconds(60), "the caller has its keys");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var traffic = TrafficAsync(orders, dashboard, stop.Token);
        await using var light = await browser.ContextAsync(dashboard.Address);
        await using var dark = await browser.ContextAsync(dashboard.Address, scheme: ColorScheme.Dark);
        var pages = new List<IPage>();
        foreach (var context in new[] { light, dark })
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync("/rewt");
            pages.Add(page);
        }

        await Task.Delay(TimeSpan.FromSeconds(isForDocs ? 48 : 2), TestContext.Current.CancellationToken);
        await dashboard.CommandAsync("revoke", new { keyId = await dashboard.WarmAsync() });
        await Task.Delay(TimeSpan.FromSeconds(isForDocs ? 34 : 2), TestContext.Current.CancellationToken);
        await pages[0].ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, "dashboard.png"), FullPage = true });
        await pages[1].ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, "dashboard-dark.png"), FullPage = true });
        await stop.CancelAsync();
        await traffic;
        foreach (var name in new[] { "dashboard.png", "dashboard-dark.png" }) ShouldBePicture(await File.ReadAllBytesAsync(Path.Combine(directory, name), TestContext.Current.CancellationToken));
    }

    private static async Task<bool> CanSignAsync(TestService service)
    {
        try
        {
            return await service.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken) is not null;
        }
        catch (RewtKeysUnavailableException)
        {
            return false;
        }
    }

    private static void ShouldBePicture(byte[] picture)
    {
        picture.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)).ShouldBe(1280);
        picture.Length.ShouldBeInRange(30_000, 500_000);
    }

    private static void Lively(RewtOptions options) =>
        (options.RotationInterval, options.MaxTokenLifetime, options.TokenLifetime, options.ClockSkew, options.RefreshInterval) =
        (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));

    private static async Task TrafficAsync(TestService orders, TestService dashboard, CancellationToken stop)
    {
        var old = await orders.Tokens.CreateBearerAsync("inventory", cancellationToken: stop);
        using var stranger = new HttpClient { BaseAddress = dashboard.Address };
        try
        {
            for (var call = 0; ; call++)
            {
                using var answer = await orders.Client("inventory").GetAsync(new Uri("/secure", UriKind.Relative), stop);
                using var onward = await dashboard.Services.GetRequiredService<IHttpClientFactory>().CreateClient("shipping").GetAsync(new Uri("/secure", UriKind.Relative), stop);
                if (call % 40 < 3 && call / 600 % 2 == 1)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, "/secure");
                    request.Headers.Authorization = new("Bearer", call % 40 == 0 ? old : await orders.Tokens.CreateBearerAsync(call % 40 == 1 ? "shipping" : "invoices", cancellationToken: stop));
                    using var refused = await stranger.SendAsync(request, stop);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(15 + (10 * Math.Sin(call / 120.0)) + Random.Shared.Next(5)), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The pictures are taken.
        }
    }
}
