using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Apps;

/// <summary>Verifies when the provider of trusted apps reads the store, with a fake clock.</summary>
public sealed class TrustedAppProviderTests : IAsyncLifetime
{
    /// <summary>A requested read starts within a second. The next poll and the timeout of a waiting check are later.</summary>
    private static readonly TimeSpan ReadDelay = TimeSpan.FromSeconds(1);

    private readonly TestClock _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly InMemoryAppStore _memory = new();
    private readonly RewtOptions _options = new() { ServiceName = "orders" };
    private FailingAppStore _store = null!;
    private TrustedAppProvider _provider = null!;
    private AppUseLog _uses = null!;
    private ApiKeyChecker _checker = null!;
    private RewtApps _apps = null!;

    public ValueTask InitializeAsync()
    {
        _store = new FailingAppStore(_memory);
        _provider = new TrustedAppProvider(_options, _store, _time, NullLoggerFactory.Instance);
        _uses = new AppUseLog(_store, _time, NullLoggerFactory.Instance);
        _checker = new ApiKeyChecker(_provider, _uses, _time);
        _apps = new RewtApps(_store, _options, _time);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _stopping.CancelAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_new_app_is_accepted_in_its_first_call()
    {
        _store.IsPushDisabled = true;
        await ShouldBeAcceptedAsync(await AddAsync());

        await ShouldBeAcceptedAsync(await AddAsync("other"));
    }

    [Fact]
    public async Task A_revocation_without_a_push_takes_effect_at_the_next_poll()
    {
        _store.IsPushDisabled = true;
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        await _apps.RevokeAsync("acme", Cancellation);

        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));

        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Revoked);
    }

    [Fact]
    public async Task An_app_that_is_deleted_from_the_store_is_refused_after_the_next_poll()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        _memory.Delete("acme");

        _time.Advance(_options.RefreshInterval + TimeSpan.FromMilliseconds(1));

        await ShouldBeRefusedAsync(key, ApiKeyRefusal.Unknown);
    }

    [Fact]
    public async Task A_revoked_API_key_stays_refused_after_a_failover_restores_it()
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
        (await _apps.ListAsync(Cancellation)).Single().Keys.Single().RevokedAt.ShouldBeNull("the store has lost the revocation");
    }

    [Theory]
    [InlineData(false, "No read has succeeded since the start, so there are no keys")]
    [InlineData(true, "The known keys stay in use until ")]
    public async Task The_log_of_an_outage_states_whether_keys_are_known(bool isKnown, string expected)
    {
        var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var provider = new TrustedAppProvider(_options, _store, _time, loggers);
        if (isKnown) await provider.ReadNowAsync(Cancellation);
        _store.IsUnavailable = true;

        await provider.ReadNowAsync(Cancellation);

        log.Text.Split('\n').Where(line => line.Contains("AppStoreUnavailable", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Fact]
    public async Task Known_API_keys_are_accepted_during_an_outage_up_to_the_stale_budget()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        _store.IsUnavailable = true;

        for (var passed = TimeSpan.Zero; passed < _options.StaleBudget - TimeSpan.FromMinutes(5); passed += TimeSpan.FromMinutes(5))
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            await ShouldBeAcceptedAsync(key);
        }

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => CheckAsync(ApiKeyFormat.Create("acme")));
        _time.Advance(TimeSpan.FromMinutes(6));
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => CheckAsync(key));
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => CheckAsync(ApiKeyFormat.Create("missing")));
        (await _checker.CheckAsync("x", Cancellation)).Refusal.ShouldBe(ApiKeyRefusal.Malformed, "the format is checked without the store");

        _store.IsUnavailable = false;
        await Eventually.TrueAsync(() => _time.UntilNext <= ReadDelay, "the provider waits before the next attempt");
        _time.Advance(ReadDelay);
        await Eventually.TrueAsync(() => _time.UntilNext > ReadDelay, "the provider has read the store and waits for its next poll");
        await ShouldBeAcceptedAsync(key);
    }

    [Fact]
    public async Task Many_unknown_API_keys_cause_two_reads_a_second_and_delay_no_valid_key()
    {
        var key = await AddAsync();
        await ShouldBeAcceptedAsync(key);
        var reads = _store.Reads;

        var unknownChecks = Enumerable.Range(0, 2000).Select(number => _checker.CheckAsync(ApiKeyFormat.Create(number % 2 == 0 ? "acme" : $"missing-{number}"), Cancellation).AsTask()).ToList();
        var knownCheck = _checker.CheckAsync(key, Cancellation);
        knownCheck.IsCompletedSuccessfully.ShouldBeTrue("a known key does not wait");
        (await knownCheck).IsAccepted.ShouldBeTrue();
        var start = _time.GetTimestamp();
        await AdvanceUntilAsync(() => unknownChecks.TrueForAll(check => check.IsCompleted));

        foreach (var check in unknownChecks) (await check).Refusal.ShouldBe(ApiKeyRefusal.Unknown);
        (_store.Reads - reads).ShouldBeLessThanOrEqualTo(2 * ((int)_time.GetElapsedTime(start).TotalSeconds + 1));
    }

    [Fact]
    public async Task The_last_uses_are_written_once_a_minute_and_not_by_requests()
    {
        var key = await AddAsync();
        _ = _uses.RunAsync(_stopping.Token);
        var id = ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(key));
        await Eventually.TrueAsync(() => _time.ArmedTimers > 0, "the writer waits for its interval");
        for (var use = 0; use < 100; use++) _checker.Used(id);
        (await _apps.ListAsync(Cancellation)).Single().Keys.Single().LastUsedAt.ShouldBeNull();

        _store.IsUnavailable = true;
        await _uses.FlushAsync(Cancellation);
        _store.IsUnavailable = false;
        _time.Advance(AppUseLog.Interval);
        await Eventually.TrueAsync(
            async () => (await _memory.ReadUsesAsync([id], Cancellation)).ContainsKey(id), "the uses are written, including those of the failed attempt");
    }

    private async Task<string> AddAsync(string id = "acme") =>
        (await _apps.AddAsync(new RewtApp(id) { Audiences = ["orders"] }, cancellationToken: Cancellation)).Key;

    private async Task ShouldBeAcceptedAsync(string key) => (await CheckAsync(key)).IsAccepted.ShouldBeTrue();

    private async Task ShouldBeRefusedAsync(string key, ApiKeyRefusal refusal) => (await CheckAsync(key)).Refusal.ShouldBe(refusal);

    private async Task<ApiKeyVerdict> CheckAsync(string key)
    {
        var check = _checker.CheckAsync(key, Cancellation).AsTask();
        await AdvanceUntilAsync(() => check.IsCompleted);
        return await check;
    }

    /// <summary>Advances the clock whenever the provider waits for a requested read, until the condition is met.</summary>
    private Task AdvanceUntilAsync(Func<bool> condition) => _time.AdvanceUntilAsync(condition, ReadDelay, _time.Advance);
}
