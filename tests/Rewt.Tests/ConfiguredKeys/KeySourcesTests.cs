using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests several sources of public keys, among them slow sources and sources that contradict each other.</summary>
public sealed class KeySourcesTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly MultiServerDownload _servers = new();
    private readonly CapturedLog _log = new();
    private readonly List<ServiceProvider> _services = [];

    public KeySourcesTests()
    {
        _servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256, KeyId.Parse("a")));
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("b")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services) await services.DisposeAsync();
    }

    [Fact]
    public async Task A_hanging_key_server_does_not_delay_tokens_of_other_servers()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        for (var second = 0; second < 30; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            var again = VerifyAsync(tokens, JwkRows.P256, "a");
            again.IsCompleted.ShouldBeTrue($"a known key is available without waiting, {second} s");
            (await again).ShouldBe(RewtRefusal.None);
        }
    }

    [Fact]
    public async Task A_server_that_starts_to_hang_delays_no_token_and_its_known_keys_remain_valid()
    {
        _servers["b.example"].MaxAge = TimeSpan.FromSeconds(5);
        var tokens = Start();
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "b"))).ShouldBe(RewtRefusal.None);
        _servers.Hang("b.example");

        for (var second = 0; second < 30; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            foreach (var verification in new[] { VerifyAsync(tokens, JwkRows.P256, "a"), VerifyAsync(tokens, JwkRows.Rsa2048, "b") })
            {
                verification.IsCompleted.ShouldBeTrue($"a known key is available without waiting, {second} s");
                (await verification).ShouldBe(RewtRefusal.None);
            }
        }

        (await HealthAsync()).Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("The known keys from the address https://b.example/jwks.json stay in use: it does not answer.");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Health_is_unhealthy_without_any_key_server_and_degraded_without_one_of_two(bool areBothHanging, bool canSign)
    {
        using var directory = new ScratchDirectory();
        _servers.Hang("b.example");
        if (areBothHanging) _servers.Hang("a.example");
        var tokens = Start(options => options.SigningKey.File = canSign ? directory.Write("own.key", JwkRows.P384.ExportPkcs8PrivateKeyPem()) : null);
        var waiting = VerifyAsync(tokens, JwkRows.P256, "a");
        if (!areBothHanging) await AdvanceUntilAsync(() => waiting.IsCompleted);
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        var health = await HealthAsync();
        health.Status.ShouldBe(areBothHanging ? HealthStatus.Unhealthy : HealthStatus.Degraded);
        health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("have not been read yet");

        _servers.Resume("b.example");
        if (areBothHanging) _servers.Resume("a.example");
        (await AdvanceUntilCompletedAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_new_key_of_a_healthy_server_is_found_while_another_server_hangs()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        _servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("a-2")));

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "a-2"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_token_with_a_key_of_a_slow_server_waits_for_that_server()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        var waiting = VerifyAsync(tokens, JwkRows.Rsa2048, "b");
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        _servers.Resume("b.example");

        (await AdvanceUntilCompletedAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_key_added_during_a_download_is_found_by_a_second_download()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        var waiting = VerifyAsync(tokens, JwkRows.Rsa2048, "b-2");
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        // The response to the request in progress does not contain the key.
        _servers["b.example"].Answered = () => _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("b-2")));
        _servers.Resume("b.example");

        (await AdvanceUntilCompletedAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task An_unknown_key_is_treated_as_an_outage_while_a_key_server_hangs()
    {
        _servers.Hang("b.example");
        var tokens = Start(options => options.VerificationKeys.Remove("https://a.example/jwks.json"));
        var keyRing = _services[^1].GetRequiredService<KeyRingRegistry>().Provider("rewt");
        await AdvanceUntilCompletedAsync(keyRing.GetAsync(Cancellation).AsTask());
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        var known = keyRing.Known;

        var waiting = VerifyAsync(tokens, JwkRows.P256, "unknown");
        await AdvanceUntilAsync(() => keyRing.Known != known);
        await Eventually.TrueAsync(() => _time.UntilNext > TimeSpan.FromSeconds(2), "the request waits only for the server that hangs");
        _time.Advance(PendingRead.Limit(isFirst: false));

        var outage = await Should.ThrowAsync<RewtKeysUnavailableException>(() => waiting);
        outage.Message.ShouldContain("b.example");
        _servers.Resume("b.example");
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "b"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_token_without_a_key_id_is_verified_with_the_keys_known_so_far()
    {
        _servers.Hang("b.example");
        var tokens = Start();

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None, "the other server has answered");

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, null))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_key_id_conflict_between_servers_is_reported_in_the_log_and_in_health()
    {
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("a")));
        var tokens = Start();
        await AdvanceUntilAllAnswerAsync(tokens);

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.StaleKey);
        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "a"))).ShouldBe(RewtRefusal.StaleKey);

        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("The key id 'a'");
        var logged = _log.Text.Split('\n').Single(line => line.Contains("KeyIdConflict", StringComparison.Ordinal));
        foreach (var name in new[] { "a.example", "b.example" })
        {
            logged.ShouldContain(name);
            health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain(name);
        }
    }

    [Fact]
    public async Task A_report_of_many_key_id_conflicts_names_four_key_ids_and_counts_the_rest()
    {
        string[] keyIds = ["a", "k1", "k2", "k3", "k4", "k5"];
        _servers["a.example"].Content = ScriptedDownload.Set([.. keyIds.Select(keyId => PublicKey.From(JwkRows.P256, KeyId.Parse(keyId)))]);
        _servers["b.example"].Content = ScriptedDownload.Set([.. keyIds.Select(keyId => PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse(keyId)))]);
        var tokens = Start();
        await AdvanceUntilAllAnswerAsync(tokens);

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.StaleKey);

        (await HealthAsync()).Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("The key id 'a' (also 'k1', 'k2', 'k3', 2 more) has different keys");
    }

    [Theory]
    [InlineData("one key for two algorithms", false)]
    [InlineData("one key in two places", true)]
    public async Task The_same_key_from_two_servers_conflicts_only_if_its_algorithms_differ(string description, bool isHealthy)
    {
        var one = PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("r"));
        _servers["a.example"].Content = ScriptedDownload.Set(one);
        _servers["b.example"].Content = ScriptedDownload.Set(isHealthy ? one : PublicKey.From(JwkRows.Rsa2048, "PS256", KeyId.Parse("r")));
        var tokens = Start();
        await AdvanceUntilAllAnswerAsync(tokens);

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "r"))).ShouldBe(isHealthy ? RewtRefusal.None : RewtRefusal.StaleKey, description);

        (await HealthAsync()).Status.ShouldBe(isHealthy ? HealthStatus.Healthy : HealthStatus.Degraded, description);
    }

    [Theory]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o","alg":"EdDSA"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA","kid":"o","alg":"ES512"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"RSA","n":"AQ","e":"AQAB","kid":"o","alg":"RS512"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o","alg":"EdDSA"}""", false, HealthStatus.Degraded)]
    public async Task An_unsupported_key_degrades_health_only_if_its_set_has_no_usable_key(string jwk, bool hasOther, HealthStatus status) =>
        (await HealthWithKeyAsync(jwk, hasOther)).ShouldBe(status);

    [Theory]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA","kid":"o","alg":"EdDSA"}""")]
    [InlineData("""{"kty":"RSA","n":"AQ","e":"AQAB","kid":"o","alg":"RS256"}""")]
    public async Task A_refused_key_degrades_health_even_beside_a_usable_key(string jwk)
    {
        (await HealthWithKeyAsync(jwk, hasOther: true)).ShouldBe(HealthStatus.Degraded);

        // The refused key is the only reason: its set is healthy without it.
        var healthy = await HealthWithKeyAsync(null, hasOther: true);
        healthy.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_key_id_conflict_with_the_services_own_key_is_reported_in_health()
    {
        using var directory = new ScratchDirectory();
        var own = directory.Write("own.key", JwkRows.P384.ExportPkcs8PrivateKeyPem());
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", PublicKey.From(JwkRows.P384).KeyId));
        var tokens = Start(options => options.SigningKey.File = own);
        await AdvanceUntilAllAnswerAsync(tokens);

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        (await HealthAsync()).Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("this service's own key");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_server_requests_stay_limited_with_a_very_short_refresh_interval(bool isUnavailable)
    {
        if (isUnavailable) _servers["a.example"].Failure = "the address answers 500";
        else _servers["a.example"].MaxAge = TimeSpan.Zero;
        var tokens = Start(options =>
        {
            (options.RefreshInterval, options.RotationInterval) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
            options.VerificationKeys.Remove("https://b.example/jwks.json");
        });
        await AdvanceUntilCompletedAsync(OutcomeAsync(VerifyAsync(tokens, JwkRows.P256, "a")));
        (var before, var began) = (_servers["a.example"].Fetches, _time.GetTimestamp());

        await AdvanceAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        (_servers["a.example"].Fetches - before).ShouldBeInRange(2, Seconds() + 1);

        (before, began) = (_servers["a.example"].Fetches, _time.GetTimestamp());
        var verifications = new List<Task<string>>();
        for (var step = 0; step < 60; step++)
        {
            verifications.Add(OutcomeAsync(VerifyAsync(tokens, JwkRows.P256, $"junk-{step}")));
            await AdvanceAsync(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        }

        (_servers["a.example"].Fetches - before).ShouldBeInRange(2, (2 * Seconds()) + 2);
        await AdvanceUntilCompletedAsync(Task.WhenAll(verifications));

        int Seconds() => (int)Math.Ceiling(_time.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>Returns the health of a service one of whose key servers has the given key, alone or beside a usable key.</summary>
    private async Task<HealthStatus> HealthWithKeyAsync(string? jwk, bool hasOther)
    {
        _servers["b.example"].Content = $$"""{"keys":[{{string.Join(',', new[] { jwk, hasOther ? PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("r")).ToJwk() : null }.Where(key => key is not null))}}]}""";
        var tokens = Start();

        (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        if (jwk is not null) await AdvanceUntilAsync(() => _log.Text.Contains("PublicKeyRefused", StringComparison.Ordinal));
        if (hasOther) (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "r"))).ShouldBe(RewtRefusal.None);
        return (await HealthAsync()).Status;
    }

    private IRewtTokens Start(Action<RewtOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IKeyDownload>(_servers);
        services.AddLogging(logging => logging.AddProvider(_log));
        services.AddRewtKeys(options =>
        {
            options.ServiceName = "inventory";
            options.VerificationKeys.Add("https://a.example/jwks.json");
            options.VerificationKeys.Add("https://b.example/jwks.json");
            configure?.Invoke(options);
        });
        services.AddHealthChecks().AddRewtCheck();
        _services.Add(services.BuildServiceProvider());
        return _services[^1].GetRequiredService<IRewtTokens>();
    }

    private async Task<RewtRefusal> VerifyAsync(IRewtTokens tokens, AsymmetricAlgorithm key, string? keyId)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new { iss = "auth", aud = "inventory", iat = now, exp = now + 60, jti = "1" };
        return (await tokens.VerifyBearerAsync(ForeignToken.Sign(key, claims, keyId is null ? "JWT" : "rewt+jwt", keyId), Cancellation)).Refusal;
    }

    private static async Task<string> OutcomeAsync(Task<RewtRefusal> verification)
    {
        try
        {
            return (await verification).ToString();
        }
        catch (RewtKeysUnavailableException)
        {
            return "unavailable";
        }
    }

    private Task<HealthReport> HealthAsync() => _services[^1].GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

    /// <summary>Advances the clock until all servers have answered, because a token with an unknown key waits for each of them.</summary>
    private async Task AdvanceUntilAllAnswerAsync(IRewtTokens tokens) => (await AdvanceUntilCompletedAsync(VerifyAsync(tokens, JwkRows.P256, "unknown"))).ShouldBe(RewtRefusal.StaleKey);

    /// <summary>Advances the clock until the work is completed.</summary>
    private async Task<T> AdvanceUntilCompletedAsync<T>(Task<T> work)
    {
        await AdvanceUntilAsync(() => work.IsCompleted);
        return await work;
    }

    /// <summary>Advances the clock by at least the given time in steps. Each step begins and ends while the provider sleeps.</summary>
    private async Task AdvanceAsync(TimeSpan time, TimeSpan? step = null)
    {
        var length = step ?? TimeSpan.FromMilliseconds(200);
        for (var passed = TimeSpan.Zero; passed < time; passed += length)
        {
            await AdvanceUntilAsync(() => _time.SleepingLoops > 0);
            _time.Advance(length);
        }

        await AdvanceUntilAsync(() => _time.SleepingLoops > 0);
    }

    /// <summary>
    /// Fires the timers that are due within a second until the condition is met. Within a second, a refresh stops waiting for a slow source, and a requested read
    /// begins. Polls and the timeouts of requests are due later.
    /// </summary>
    private Task AdvanceUntilAsync(Func<bool> condition) => _time.AdvanceUntilAsync(condition, within: TimeSpan.FromSeconds(1), _time.Advance);
}
