using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Apps;

/// <summary>What an instance knows of the apps and when it asks, on a clock that the test turns.</summary>
public sealed class TrustedAppProviderTests : IAsyncLifetime
{
    /// <summary>A share of reads comes within a second. A poll and the patience of those who wait are further off.</summary>
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(1);

    private readonly TestClock _time = new();
    private readonly InMemoryAppStore _memory = new();
    private readonly RewtOptions _options = new() { ServiceName = "orders" };
    private FailingAppStore _store = null!;
    private TrustedAppProvider _keyRing = null!;
    private AppUseLog _uses = null!;
    private ApiKeyChecker _checker = null!;
    private RewtApps _apps = null!;

    public ValueTask InitializeAsync()
    {
        _store = new FailingAppStore(_memory);
        _keyRing = new TrustedAppProvider(_options, _store, _time, NullLogger<TrustedAppProvider>.Instance);
        _uses = new AppUseLog(_store, _time, NullLogger<AppUseLog>.Instance);
        _checker = new ApiKeyChecker(_keyRing, _uses, _time);
        _apps = new RewtApps(_store, _options, _time);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _keyRing.DisposeAsync();
        await _uses.DisposeAsync();
    }

    [Fact]
    public async Task A_new_app_is_let_in_by_its_first_call()
    {
        _store.HasNoPush = true;
        await ShouldBeAcceptedAsync(await AddAsync());

        await ShouldBeAcceptedAsync(await AddAsync("other"));
    }

    [Fact]
    public async Task Without_a_push_a_revocation_is_seen_by_the_next_poll()
    {
        _store.HasNoPush = true;
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        await _apps.RevokeAsync("acme", Cancellation);

        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));

        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Revoked);
    }

    [Fact]
    public async Task An_app_that_a_human_deleted_by_hand_is_seen_to_be_gone()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        _memory.Delete("acme");

        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));

        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Unknown);
    }

    [Fact]
    public async Task Revoked_is_final_whatever_a_failover_brings_back()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        var before = (await _store.FindAsync("acme", Cancellation)).Value!;
        await _apps.RevokeAsync("acme", Cancellation);
        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));
        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Revoked);

        _memory.Set("acme", before);
        _memory.Set("other", before);
        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));

        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Revoked);
        (await _apps.ListAsync(Cancellation)).Single().Keys.Single().RevokedAt.ShouldBeNull("the store has forgotten");
    }

    [Fact]
    public async Task An_outage_is_not_noticed_up_to_the_stale_budget_and_is_an_outage_after_it()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        _store.IsAway = true;

        for (var passed = TimeSpan.Zero; passed < _options.StaleBudget - TimeSpan.FromMinutes(5); passed += TimeSpan.FromMinutes(5))
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            await ShouldBeAcceptedAsync(key);
        }

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => JudgeAsync(ApiKeyFormat.Create("acme")));
        _time.Advance(TimeSpan.FromMinutes(6));
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => JudgeAsync(key));
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => JudgeAsync(ApiKeyFormat.Create("missing")));
        (await _checker.CheckAsync("x", Cancellation)).Refusal.ShouldBe(ApiKeyRefusal.Malformed, "that needs no store");

        _store.IsAway = false;
        await Eventually.TrueAsync(() => _time.UntilNext <= Share, "the provider waits before it tries again");
        _time.Advance(Share);
        await Eventually.TrueAsync(() => _time.UntilNext > Share, "the provider has read and sleeps until its next poll");
        await ShouldBeAcceptedAsync(key);
    }

    [Fact]
    public async Task A_flood_of_unknown_keys_costs_two_reads_a_second_and_delays_no_good_one()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        var reads = _store.Reads;

        var flood = Enumerable.Range(0, 2000).Select(number => _checker.CheckAsync(ApiKeyFormat.Create(number % 2 == 0 ? "acme" : $"missing-{number}"), Cancellation).AsTask()).ToList();
        var good = _checker.CheckAsync(key, Cancellation);
        good.IsCompletedSuccessfully.ShouldBeTrue("it does not wait");
        (await good).IsAccepted.ShouldBeTrue();
        var began = _time.GetTimestamp();
        await TurnUntilAsync(() => flood.TrueForAll(check => check.IsCompleted));

        foreach (var check in flood) (await check).Refusal.ShouldBe(ApiKeyRefusal.Unknown);
        (_store.Reads - reads).ShouldBeLessThanOrEqualTo(2 * ((int)_time.GetElapsedTime(began).TotalSeconds + 1));
    }

    [Fact]
    public async Task Last_uses_are_written_once_a_minute_and_never_by_a_request()
    {
        var key = await AddAsync();
        _uses.Start();
        var id = ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(key));
        await Eventually.TrueAsync(() => _time.ArmedTimers > 0, "the writer waits for its minute");
        for (var use = 0; use < 100; use++) _checker.Used(id);
        (await _apps.ListAsync(Cancellation)).Single().Keys.Single().LastUsedAt.ShouldBeNull();

        _store.IsAway = true;
        await _uses.FlushAsync(Cancellation);
        _store.IsAway = false;
        _time.Advance(AppUseLog.Interval);
        await Eventually.TrueAsync(
            async () => (await _memory.ReadUsesAsync(Cancellation)).ContainsKey(id), "it is written, what could not be written before too");
    }

    private async Task<string> AddAsync(string id = "acme") =>
        (await _apps.AddAsync(new RewtApp(id) { Audiences = ["orders"] }, cancellationToken: Cancellation)).Key;

    private async Task ShouldBeAcceptedAsync(string key) => (await JudgeAsync(key)).IsAccepted.ShouldBeTrue();

    private async Task ShouldBeRefusedAsync(string key, ApiKeyRefusal refusal) => (await JudgeAsync(key)).Refusal.ShouldBe(refusal);

    private async Task<ApiKeyVerdict> JudgeAsync(string key)
    {
        var check = _checker.CheckAsync(key, Cancellation).AsTask();
        await TurnUntilAsync(() => check.IsCompleted);
        return await check;
    }

    /// <summary>Turns the clock on for those who wait for their share of reads; each time when the provider sleeps until there is one.</summary>
    private Task TurnUntilAsync(Func<bool> condition) => _time.TurnUntilAsync(condition, Share, _time.Advance);
}
