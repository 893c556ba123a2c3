using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rewt.Tests.Dashboard;

/// <summary>Tests the dashboard in a real browser.</summary>
public sealed class BrowserTests(DashboardSite site) : IClassFixture<DashboardSite>
{
    [Fact]
    public async Task The_page_shows_the_key_ring_the_instances_and_the_charts()
    {
        await using var open = await site.OpenAsync();
        var ring = await site.Host.Ring.GetAsync(Cancellation);

        await Expect(open.Page).ToHaveTitleAsync("Rewt keys of inventory");
        await Expect(open.Current).ToHaveTextAsync(ring.Current!.KeyId);
        await Expect(open.StateOf(ring.Keys.First(key => key.State == RewtKeyState.Pending).KeyId)).ToHaveTextAsync("pending");
        await Expect(open.Page.Locator(".timeline .nowline")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator(".timeline .bar.current")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator(".timeline .bar.pending")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("table.instances tbody tr").Filter(new LocatorFilterOptions { HasText = "orders/" })).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("table.instances tbody tr").Filter(new LocatorFilterOptions { HasText = "this instance" })).ToHaveCountAsync(1);
        await Expect(open.Page.Locator(".plot .chart[role=img][aria-label]")).ToHaveCountAsync(4);
        await Expect(open.Page.Locator(".plot .chart path.k1")).Not.ToHaveCountAsync(0);
        await Expect(open.Page.Locator("#health-word")).ToHaveTextAsync("Healthy");
    }

    [Fact]
    public async Task A_rotation_is_shown_without_reloading_the_page()
    {
        await using var open = await site.OpenAsync();
        var before = (await site.Host.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await Expect(open.Current).ToHaveTextAsync(before);
        await open.Page.EvaluateAsync("() => { window.here = true; }");

        var after = (await site.Host.Ring.RotateAsync(Cancellation)).Current!.KeyId;

        await Expect(open.Current).ToHaveTextAsync(after);
        await Expect(open.StateOf(before)).ToHaveTextAsync("retired");
        await Expect(open.Page.Locator(".timeline .bar.retired")).Not.ToHaveCountAsync(0);
        (await open.Page.EvaluateAsync<bool>("() => window.here === true")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_is_revoked_only_after_confirmation()
    {
        await using var open = await site.OpenAsync();
        var keyId = (await site.Host.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        var button = open.Button($"Revoke the key {keyId}…");
        await Expect(open.Current).ToHaveTextAsync(keyId);

        await button.ClickAsync();
        await Expect(open.Dialog).ToContainTextAsync(keyId);
        await Expect(open.Dialog).ToContainTextAsync("cannot be undone");
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(open.Dialog).ToBeHiddenAsync();
        await Expect(button).ToBeFocusedAsync();

        await button.ClickAsync();
        await open.Button("Cancel").ClickAsync();
        await Expect(open.Dialog).ToBeHiddenAsync();
        await Expect(open.Outcome).ToBeEmptyAsync();
        (await site.Host.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldBe(keyId);

        await button.ClickAsync();
        await open.Button("Revoke the key").Last.ClickAsync();
        await Expect(open.Outcome).ToContainTextAsync("Revoked");

        await Expect(open.StateOf(keyId)).ToHaveTextAsync("revoked");
        await Expect(button).ToHaveCountAsync(0);
        (await site.Host.Ring.GetAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == keyId && key.State == RewtKeyState.Revoked);
        site.Host.Log.Text.ShouldContain($"key {keyId} of the ring rewt was revoked by ops-ada at inventory/");
        open.ConsoleErrors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_command_cannot_start_while_one_is_running()
    {
        await using var host = await DashboardService.StartAsync();
        await host.WarmAsync();
        await using var open = await site.OpenAsync(host: host);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await open.Page.RouteAsync("**/rewt/rotate", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        const string ClickAll = "() => document.querySelectorAll('.rotate, .keys .revoke').forEach((button) => button.click())";
        var rotate = open.Page.Locator(".rotate");
        var before = await open.Current.TextContentAsync();

        // The first click opens the dialog; the other clicks find it open.
        await open.Page.EvaluateAsync(ClickAll);
        await Expect(open.Dialog).ToContainTextAsync("Rotate the key ring");
        await open.Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Rotate" }).ClickAsync();
        await Expect(open.Outcome).ToContainTextAsync("Rotating");
        await open.Page.EvaluateAsync(ClickAll);
        await Expect(open.Dialog).ToBeHiddenAsync();
        await Expect(rotate).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(open.Page.Locator(".keys .revoke:not([aria-disabled=true])")).ToHaveCountAsync(0);

        answer.SetResult();
        await Expect(open.Outcome).ToContainTextAsync("Rotated");
        await Expect(rotate).ToHaveAttributeAsync("aria-disabled", "false");
        await Expect(open.Current).Not.ToHaveTextAsync(before!);
        await Expect(open.Page.Locator(".state[data-state=revoked]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_hidden_page_disconnects_and_reconnects_when_it_becomes_visible()
    {
        const string SetHidden = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }";
        await using var host = await DashboardService.StartAsync();
        await using var open = await site.OpenAsync(host: host);

        await open.Page.EvaluateAsync(SetHidden, true);
        await Expect(open.Page.Locator("#connection-word")).ToHaveTextAsync("Paused while hidden");
        var rotated = (await host.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        await open.Page.EvaluateAsync(SetHidden, false);

        await Expect(open.Page.Locator("#connection-word")).ToHaveTextAsync("Live");
        await Expect(open.Current).ToHaveTextAsync(rotated);
        open.Requests.Count(url => url.EndsWith("/events", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task The_key_ring_can_be_rotated_with_the_keyboard_alone()
    {
        await using var open = await site.OpenAsync();
        var before = (await site.Host.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        await Expect(open.Current).ToHaveTextAsync(before);
        var rotate = open.Button("Rotate now…");

        await open.Page.Keyboard.PressAsync("Tab");
        await Expect(open.Page.GetByText("Skip to the keys")).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.Keyboard.PressAsync("Tab");
        await Expect(rotate).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Button("Cancel")).ToBeFocusedAsync();
        // The overlap of the last rotation has not ended. The dialog warns of it, and the rotation is executed nevertheless.
        await Expect(open.Dialog).ToContainTextAsync("overlap");
        await open.Page.Keyboard.PressAsync("Tab");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Outcome).ToContainTextAsync("Rotated");

        await Expect(open.Current).Not.ToHaveTextAsync(before);
        await Expect(rotate).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_page_contains_no_secret_and_sends_requests_only_to_its_own_origin()
    {
        await using var open = await site.OpenAsync();
        var token = await site.Host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var secrets = await Secrets.ReadAsync(site.Redis);
        var current = (await site.Host.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        secrets.UnionWith(await Secrets.ReadAsync(site.Redis));
        await Expect(open.Current).ToHaveTextAsync(current);

        var document = await open.Page.ContentAsync();

        secrets.Count.ShouldBeGreaterThanOrEqualTo(3);
        document.ShouldContain(current);
        foreach (var secret in secrets) document.ShouldNotContain(secret);
        document.ShouldNotContain(token.Split('.')[2]);
        document.ShouldNotMatch(@"eyJ[\w-]{10,}\.eyJ");
        open.Requests.ShouldNotBeEmpty();
        open.Requests.ShouldAllBe(url => url.StartsWith(site.Host.Address.ToString(), StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal));
        open.ConsoleErrors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_malicious_instance_name_is_shown_as_plain_text()
    {
        const string MaliciousName = "<img src=x onerror=window.struck=1>";
        await using var open = await site.OpenAsync();
        var now = (await site.Host.RingAsync()).GetProperty("now").GetInt64();
        await site.Redis.CommandAsync("ZADD", "{rewt:rewt-secret}:instances", now + 3_600_000, $"{MaliciousName}|other|3");
        try
        {
            var row = open.Page.Locator("table.instances tbody tr").Filter(new LocatorFilterOptions { HasText = MaliciousName });
            await Expect(row).ToHaveCountAsync(1);
            await Expect(row).ToContainTextAsync("behind");
            (await open.Page.EvaluateAsync<bool>("() => document.images.length === 0 && window.struck === undefined")).ShouldBeTrue();
        }
        finally
        {
            await RemoveInstanceAsync();
        }

        Task RemoveInstanceAsync() => site.Redis.CommandAsync("ZREM", "{rewt:rewt-secret}:instances", $"{MaliciousName}|other|3");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_has_sufficient_contrast_to_its_background(ColorScheme scheme)
    {
        await using var open = await site.OpenAsync(scheme);
        await site.Host.Ring.RotateAsync(Cancellation);
        await Expect(open.Page.Locator(".state[data-state=retired]").First).ToBeVisibleAsync();
        await open.Button("Rotate now…").ClickAsync();

        var weak = await open.Page.EvaluateAsync<string[]>(PageScripts.Contrast);
        weak.ShouldBeEmpty();

        var luminance = await open.Page.EvaluateAsync<int>("() => parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
        if (scheme == ColorScheme.Light) luminance.ShouldBeGreaterThan(200);
        else luminance.ShouldBeLessThan(50);
    }

    [Fact]
    public async Task The_page_fits_a_phone_and_its_controls_have_accessible_names()
    {
        await using var open = await site.OpenAsync(width: 360);

        (await open.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(360);
        (await open.Page.EvaluateAsync<string[]>(PageScripts.WithoutName)).ShouldBeEmpty();
        await Expect(open.Page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
        await Expect(open.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_lost_connection_is_shown_on_the_page()
    {
        await using var host = await DashboardService.StartAsync();
        await using var open = await site.OpenAsync(host: host);

        await host.StopAsync(Cancellation);

        await Expect(open.Page.Locator("#connection-word")).ToHaveTextAsync("Connection lost, trying again");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_Redis_outage_is_shown_on_the_page_until_it_ends()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await DashboardService.StartAsync(redis.ConnectionString);
        await host.WarmAsync();
        await using var open = await site.OpenAsync(host: host);
        await redis.KillAsync();

        await Expect(open.Page.Locator("#health-word")).ToHaveTextAsync("Degraded");
        await Expect(open.Page.Locator(".ringproblem")).ToContainTextAsync("cannot be read");
        await open.Button("Rotate now…").ClickAsync();
        await open.Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Rotate" }).ClickAsync();
        await Expect(open.Outcome).ToContainTextAsync("Redis");
        await Expect(open.Outcome.Locator("[data-state=bad]")).ToBeVisibleAsync();

        await redis.RestartAsync();
        await Expect(open.Page.Locator("#health-word")).ToHaveTextAsync("Healthy");
        await Eventually.TrueAsync(async () => !await open.Page.Locator(".ringproblem").IsVisibleAsync(), "the page no longer shows the outage");
    }
}
