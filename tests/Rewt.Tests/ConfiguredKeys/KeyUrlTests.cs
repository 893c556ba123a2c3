using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests keys from an address with a manual clock: when they are fetched, and what happens during an outage.</summary>
public sealed class KeyUrlTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly ScriptedDownload _server = new();
    private readonly ServiceProvider _services;
    private readonly IRewtTokens _tokens;

    public KeyUrlTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IKeyDownload>(_server);
        services.AddRewtKeys(options =>
        {
            options.ServiceName = "inventory";
            options.VerificationKeys.Add("https://auth.example/jwks.json");
            options.StaleBudget = TimeSpan.FromMinutes(10);
        });
        services.AddHealthChecks().AddRewtCheck();
        _services = services.BuildServiceProvider();
        _tokens = _services.GetRequiredService<IRewtTokens>();
    }

    [Fact]
    public async Task Keys_are_fetched_again_only_after_the_max_age_of_their_server()
    {
        _server.MaxAge = TimeSpan.FromMinutes(2);
        for (var call = 0; call < 20; call++) (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        await AdvanceAsync(TimeSpan.FromSeconds(100));
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        _server.Fetches.ShouldBe(1);

        await AdvanceAsync(TimeSpan.FromSeconds(40));

        _server.Fetches.ShouldBe(2);
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData(0, 5)]
    public Task The_interval_between_fetches_has_a_default_and_a_lower_bound(int? maxAge, int seconds) => VerifyFetchIntervalAsync(maxAge, seconds);

    [Fact]
    [Trait("Category", "Long")]
    public Task Keys_are_fetched_at_least_once_an_hour_despite_a_longer_max_age() => VerifyFetchIntervalAsync(86400, 3600);

    private async Task VerifyFetchIntervalAsync(int? maxAge, int seconds)
    {
        _server.MaxAge = maxAge is null ? null : TimeSpan.FromSeconds(maxAge.Value);
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);

        await AdvanceAsync(TimeSpan.FromSeconds(seconds - 4.9), TimeSpan.FromSeconds(5));
        _server.Fetches.ShouldBe(1);
        await AdvanceAsync(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(5));
        _server.Fetches.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_new_key_is_fetched_at_once_and_its_first_token_is_accepted()
    {
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        _server.Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256), PublicKey.From(JwkRows.P384));

        (await VerifyAsync(JwkRows.P384, "ES384")).ShouldBe(RewtRefusal.None);
        _server.Fetches.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_removed_from_the_set_is_refused_after_the_max_age()
    {
        _server.MaxAge = TimeSpan.FromSeconds(5);
        _server.Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256), PublicKey.From(JwkRows.P384));
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);

        _server.Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P384));
        await AdvanceAsync(TimeSpan.FromSeconds(11));

        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.StaleKey);
        (await VerifyAsync(JwkRows.P384, "ES384")).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task Known_keys_remain_valid_for_the_stale_budget_during_an_outage()
    {
        _server.MaxAge = TimeSpan.FromSeconds(5);
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        _server.Failure = "the address answers 500";

        await AdvanceAsync(TimeSpan.FromMinutes(9));
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => VerifyAsync(JwkRows.P384, "ES384"));
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Degraded);

        await AdvanceAsync(TimeSpan.FromMinutes(2));
        var outage = await Should.ThrowAsync<RewtKeysUnavailableException>(() => VerifyAsync(JwkRows.P256));
        outage.Message.ShouldContain("the address answers 500");
        outage.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Unhealthy);
        health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("the address answers 500");

        _server.Failure = null;
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_service_recovers_after_its_first_key_download_failed()
    {
        _server.Failure = "the address cannot be reached";
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => VerifyAsync(JwkRows.P256));

        _server.Failure = null;
        await AdvanceAsync(TimeSpan.FromSeconds(10));

        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
    }

    [Theory]
    [InlineData("<html>maintenance</html>")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("")]
    public async Task An_invalid_key_set_is_treated_as_an_outage_and_not_as_empty(string content)
    {
        _server.MaxAge = TimeSpan.FromSeconds(5);
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);

        _server.Content = content;
        await AdvanceAsync(TimeSpan.FromSeconds(20));

        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Degraded);
    }

    [Fact]
    public async Task An_unusable_key_is_reported_in_health_and_the_other_keys_verify()
    {
        _server.Content = $$"""{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"s"},{{PublicKey.From(JwkRows.P256).ToJwk()}}]}""";

        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("key 1: the key is symmetric");
    }

    [Fact]
    public async Task An_unchanged_key_set_is_not_downloaded_again()
    {
        (_server.EntityTag, _server.MaxAge) = ("\"one\"", TimeSpan.FromSeconds(5));
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);

        await AdvanceAsync(TimeSpan.FromSeconds(20));

        _server.RequestedEntityTag.ShouldBe("\"one\"");
        (await VerifyAsync(JwkRows.P256)).ShouldBe(RewtRefusal.None);
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private async Task<RewtRefusal> VerifyAsync(ECDsa key, string algorithm = "ES256", string? keyId = null)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new { iss = "auth", aud = "inventory", iat = now, exp = now + 60, jti = "1" };
        var token = algorithm == "ES384" ? Es384(key, claims) : ForeignToken.Sign(key, claims, "rewt+jwt", keyId ?? PublicKey.From(key).KeyId.ToString());
        return (await _tokens.VerifyBearerAsync(token, Cancellation)).Refusal;
    }

    private static string Es384(ECDsa key, object claims) =>
        TokenWriter.Write(new KeyPair(ECDsa.Create(key.ExportParameters(true)), "ES384"), "rewt+jwt", null, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(claims));

    private Task<HealthReport> HealthAsync() => _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

    private async Task AdvanceAsync(TimeSpan time, TimeSpan? step = null)
    {
        var length = step ?? TimeSpan.FromSeconds(1);
        for (var passed = TimeSpan.Zero; passed < time; passed += length)
        {
            await Eventually.TrueAsync(() => _time.SleepingLoops > 0, "the provider sleeps");
            _time.Advance(length < time - passed ? length : time - passed);
        }

        await Eventually.TrueAsync(() => _time.SleepingLoops > 0, "the provider sleeps");
    }
}
