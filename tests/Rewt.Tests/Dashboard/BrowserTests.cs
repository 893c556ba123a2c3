using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rewt.Tests.Dashboard;

/// <summary>Tests the dashboard in a real browser.</summary>
public sealed class BrowserTests(DashboardSite site) : IClassFixture<DashboardSite>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

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
    public async Task The_charts_show_what_happened_before_the_page_was_opened()
    {
        await using var host = await DashboardService.StartAsync();
        await host.WarmAsync();
        // The recording of an instance that refused 60 tokens in the twelfth minute before the visit.
        var history = JsonNode.Parse(await host.Http.GetStringAsync(new Uri("/rewt/history", UriKind.Relative), Cancellation))!;
        var now = (await host.SnapshotAsync()).GetProperty("at").GetInt64();
        history["points"] = new JsonArray([.. Enumerable.Range(0, 180).Select(number => JsonNode.Parse(
            $$$"""{"at":{{{now - (900_000 - (number * 5_000))}}},"contactAge":1000,"traffic":{"verified":{"bad_audience":{{{Math.Clamp((number - 36) * 5, 0, 60)}}}},"signed":0,"retries":{},"refreshErrors":{},"staleServes":0}}"""))]);
        var recorded = new RouteFulfillOptions { Body = history.ToJsonString(), ContentType = "application/json" };
        await using var open = await site.OpenAsync(host: host, route: page => page.RouteAsync("**/rewt/history", route => route.FulfillAsync(recorded)));
        var refusals = Plot(open, "Refusals by reason");

        // Five refusals in five seconds are one a second.
        await Expect(refusals.Locator(".chart")).ToHaveAttributeAsync("aria-label", new Regex("^Refusals by reason: .* at most 1\\.00 in the last 15 minutes", RegexOptions.None, Timeout));
        await Expect(refusals.Locator("li:visible").Filter(new LocatorFilterOptions { HasText = "bad audience" })).ToHaveCountAsync(1);
        await Expect(refusals.Locator(".chart path.k4")).ToHaveCountAsync(1);
        // The page draws a new line each second, so the script finds the line itself.
        var ends = await refusals.Locator(".chart").EvaluateAsync<double[]>("(chart) => { const box = chart.querySelector('path.k4').getBBox(), width = chart.clientWidth; return [box.x / width, (box.x + box.width) / width]; }");
        ends[0].ShouldBeLessThan(0.2);
        ends[1].ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Each_chart_and_the_timeline_have_a_time_axis()
    {
        await using var open = await site.OpenAsync();

        var charts = open.Page.Locator(".plot .chart");
        await Expect(charts).ToHaveCountAsync(4);
        for (var number = 0; number < 4; number++)
        {
            await Expect(charts.Nth(number).Locator("text")).ToContainTextAsync(["−15 min", "−10 min", "−5 min", "now"]);
        }

        await Expect(open.Page.Locator(".timeline .nowtext")).ToHaveTextAsync("now");
        await Expect(open.Page.Locator(".timeline text").Filter(new LocatorFilterOptions { HasTextRegex = new Regex("^−\\d+ (?:s|min|h|days)", RegexOptions.None, Timeout) })).Not.ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Refusals_have_a_warning_color_and_signed_tokens_and_revoke_buttons_do_not(ColorScheme scheme)
    {
        const string Strokes = "(plot) => [...plot.querySelectorAll('.series path')].map((path) => getComputedStyle(path).stroke.match(/\\d+/g).slice(0, 3).map(Number))";
        await using var open = await site.OpenAsync(scheme);

        foreach (var color in await Plot(open, "Refusals by reason").EvaluateAsync<int[][]>(Strokes)) IsWarning(color).ShouldBeTrue(string.Join(' ', color));
        foreach (var color in await Plot(open, "Calls accepted").EvaluateAsync<int[][]>(Strokes)) IsWarning(color).ShouldBeFalse(string.Join(' ', color));
        var button = open.Page.Locator(".keys .revoke").First;
        await Expect(button).ToHaveCSSAsync("border-top-color", "rgba(0, 0, 0, 0)");
        await Expect(button).ToHaveCSSAsync("color", await open.Page.Locator("th").First.EvaluateAsync<string>("(head) => getComputedStyle(head).color"));

        // Red exceeds green and blue in red, orange and pink, but not in grey, green, blue and violet.
        static bool IsWarning(int[] color) => color[0] > color[1] * 1.1 && color[0] > color[2] * 1.1;
    }

    [Fact]
    public async Task The_health_links_to_its_finding()
    {
        await using var host = await DashboardService.StartAsync($"127.0.0.1:{FreePort.Next()}");
        await using var open = await site.OpenAsync(host: host, hasKeys: false);
        var health = open.Page.Locator("#health-word");
        await Expect(health).ToHaveTextAsync("Unhealthy");
        await Expect(open.Page.Locator("a#health-word[href]")).ToHaveCountAsync(1);

        await health.ClickAsync();

        var finding = open.Page.Locator(":target");
        await Expect(finding).ToBeVisibleAsync();
        await Expect(finding).ToContainTextAsync("Start Redis there");

        await using var healthy = await site.OpenAsync();
        await Expect(healthy.Page.Locator("#health-word")).ToHaveTextAsync("Healthy");
        await Expect(healthy.Page.Locator("#health-word[href]")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_click_on_a_key_id_copies_it_or_selects_it_without_access_to_the_clipboard(bool hasClipboard)
    {
        await using var open = await site.OpenAsync();
        if (hasClipboard) await open.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        else await open.Page.EvaluateAsync("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        var id = (await site.Host.Ring.GetAsync(Cancellation)).Current!.KeyId;

        await open.RowOf(id).Locator(".copy").ClickAsync();

        if (hasClipboard)
        {
            await Expect(open.Page.Locator("#announce")).ToHaveTextAsync($"Copied {id}.");
            (await open.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).ShouldBe(id);
        }
        else
        {
            (await open.Page.EvaluateAsync<string>("() => getSelection().toString()")).ShouldBe(id);
        }
    }

    [Fact]
    public async Task The_rotation_dialog_describes_the_effects_of_the_rotation()
    {
        await using var host = await DashboardService.StartAsync();
        await host.WarmAsync();
        await using var open = await site.OpenAsync(host: host);
        var before = await host.RingAsync();
        var (current, pending) = (DashboardService.KeyIn(before, "current")!, DashboardService.KeyIn(before, "pending")!);

        await open.Button("Rotate now…").ClickAsync();
        await Expect(open.Dialog).ToContainTextAsync("Rotate the key ring rewt?");
        await Expect(open.Dialog).ToContainTextAsync("No call fails.");
        await Expect(open.Dialog.GetByRole(AriaRole.Listitem)).ToContainTextAsync(
        [
            $"{pending[..8]}… (pending) signs from now on on every instance.",
            $"{current[..8]}… (current) stops signing. It verifies for another 5 min",
            "A new pending key is published for the next rotation.",
        ]);
        await open.Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Rotate" }).ClickAsync();

        await Expect(open.Current).ToHaveTextAsync(pending);
        await Expect(open.StateOf(current)).ToHaveTextAsync("retired");
        DashboardService.KeyIn(await host.RingAsync(), "pending").ShouldNotBe(pending);
    }

    [Fact]
    public async Task A_key_pair_is_shown_with_the_name_and_the_expiry_of_the_certificate_that_attests_it()
    {
        using var directory = new ScratchDirectory();
        var authority = TestAuthority.Root();
        var certificate = authority.Issue("orders");
        var (chain, key) = authority.PemFiles(certificate);
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", options =>
        {
            options.KeyMode = KeyMode.KeyPair;
            (options.Identity.CertificateFile, options.Identity.KeyFile) = (directory.Write("tls.crt", chain), directory.Write("tls.key", key));
        });
        await using var billing = await TestService.StartAsync(redis.ConnectionString, "billing", options => options.KeyMode = KeyMode.KeyPair);
        var attested = (await orders.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var unattested = (await billing.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await using var host = await DashboardService.StartAsync(redis.ConnectionString, options =>
        {
            (options.KeyMode, options.TrustedIssuers) = (KeyMode.KeyPair, ["orders", "billing"]);
            (options.Identity.Authorities, options.Identity.AcceptUnattested) = ([authority.Pem], true);
        });
        await using var open = await site.OpenAsync(host: host);

        await Expect(open.RowOf(attested).Locator(".certificate")).ToHaveTextAsync($"orders, valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC");
        await Expect(open.RowOf(unattested).Locator(".certificate")).ToBeEmptyAsync();
        open.ConsoleErrors.ShouldBeEmpty();
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

    private static ILocator Plot(OpenPage open, string title) => open.Page.Locator(".plot").Filter(new LocatorFilterOptions { HasText = title });
}
