using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Several sources of public keys: a slow one delays no token of another, and two that contradict each other are named.</summary>
public sealed class KeySourcesTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly SeveralDownloads _servers = new();
    private readonly CapturedLog _log = new();
    private readonly List<ServiceProvider> _services = [];

    public KeySourcesTests()
    {
        _servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256, "a"));
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", "b"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services) await services.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_hangs_delays_no_token_of_another()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        for (var second = 0; second < 30; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1));
            var again = VerifyAsync(tokens, JwkRows.P256, "a");
            again.IsCompleted.ShouldBeTrue($"a known key waits for nothing, {second} s");
            (await again).ShouldBe(RewtRefusal.None);
        }
    }

    [Fact]
    public async Task A_server_that_begins_to_hang_delays_no_token_either_and_its_own_keys_stay_good()
    {
        _servers["b.example"].MaxAge = TimeSpan.FromSeconds(5);
        var tokens = Start();
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "b"))).ShouldBe(RewtRefusal.None);
        _servers.Hang("b.example");

        for (var second = 0; second < 30; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1));
            foreach (var verification in new[] { VerifyAsync(tokens, JwkRows.P256, "a"), VerifyAsync(tokens, JwkRows.Rsa2048, "b") })
            {
                verification.IsCompleted.ShouldBeTrue($"a known key waits for nothing, {second} s");
                (await verification).ShouldBe(RewtRefusal.None);
            }
        }

        (await HealthAsync()).Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("The known keys from the address https://b.example/jwks.json stay in use: it does not answer.");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_service_whose_key_servers_never_answered_is_unhealthy_and_one_of_two_is_degraded(bool areBoth, bool canSign)
    {
        using var directory = new ScratchDirectory();
        _servers.Hang("b.example");
        if (areBoth) _servers.Hang("a.example");
        var tokens = Start(options => options.SigningKey.File = canSign ? directory.Write("own.key", JwkRows.P384.ExportPkcs8PrivateKeyPem()) : null);
        var waiting = VerifyAsync(tokens, JwkRows.P256, "a");
        await PassAsync(TimeSpan.FromSeconds(1));

        var health = await HealthAsync();
        health.Status.ShouldBe(areBoth ? HealthStatus.Unhealthy : HealthStatus.Degraded);
        health.Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("have not been read yet");

        _servers.GoOn("b.example");
        if (areBoth) _servers.GoOn("a.example");
        (await SteppingAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_new_key_of_a_healthy_server_is_found_while_another_hangs()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        _servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", "a-2"));

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "a-2"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_token_whose_key_only_the_slow_server_has_waits_for_it()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        var waiting = VerifyAsync(tokens, JwkRows.Rsa2048, "b");
        await PassAsync(TimeSpan.FromSeconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        _servers.GoOn("b.example");

        (await SteppingAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_key_that_a_server_gets_while_it_answers_is_asked_for_again()
    {
        _servers.Hang("b.example");
        var tokens = Start();
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        var waiting = VerifyAsync(tokens, JwkRows.Rsa2048, "b-2");
        await PassAsync(TimeSpan.FromSeconds(1));

        // The answer to the request that was under way lacks the key.
        _servers["b.example"].Answered = () => _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", "b-2"));
        _servers.GoOn("b.example");

        (await SteppingAsync(waiting)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task An_unknown_key_is_an_outage_while_a_server_that_may_have_it_does_not_answer()
    {
        _servers.Hang("b.example");
        var tokens = Start();

        var outage = await Should.ThrowAsync<RewtKeysUnavailableException>(() => SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "unknown")));

        outage.Message.ShouldContain("b.example");
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_token_without_a_key_id_is_verified_with_the_keys_of_the_servers_that_have_answered()
    {
        _servers.Hang("b.example");
        var tokens = Start();

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, null))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task Two_servers_that_give_one_key_id_to_different_keys_are_named_in_the_log_and_in_health()
    {
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", "a"));
        var tokens = Start();

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.StaleKey);
        (await SteppingAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "a"))).ShouldBe(RewtRefusal.StaleKey);

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

    [Theory]
    [InlineData("one key for two algorithms", false)]
    [InlineData("one key in two places", true)]
    public async Task One_key_in_two_places_is_no_conflict_unless_its_algorithms_differ(string what, bool isHealthy)
    {
        var one = PublicKey.From(JwkRows.Rsa2048, "RS256", "r");
        _servers["a.example"].Content = ScriptedDownload.Set(one);
        _servers["b.example"].Content = ScriptedDownload.Set(isHealthy ? one : PublicKey.From(JwkRows.Rsa2048, "PS256", "r"));
        var tokens = Start();

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.Rsa2048, "r"))).ShouldBe(isHealthy ? RewtRefusal.None : RewtRefusal.StaleKey, what);

        (await HealthAsync()).Status.ShouldBe(isHealthy ? HealthStatus.Healthy : HealthStatus.Degraded, what);
    }

    [Theory]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o","alg":"EdDSA"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA","kid":"o","alg":"ES512"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"RSA","n":"AQ","e":"AQAB","kid":"o","alg":"RS512"}""", true, HealthStatus.Healthy)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o","alg":"EdDSA"}""", false, HealthStatus.Degraded)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA","kid":"o","alg":"EdDSA"}""", true, HealthStatus.Degraded)]
    [InlineData("""{"kty":"RSA","n":"AQ","e":"AQAB","kid":"o","alg":"RS256"}""", true, HealthStatus.Degraded)]
    public async Task A_key_of_an_unsupported_kind_is_logged_and_degrades_health_only_where_a_set_has_no_other(string jwk, bool hasOther, HealthStatus status)
    {
        _servers["b.example"].Content = $$"""{"keys":[{{jwk}}{{(hasOther ? "," + PublicKey.From(JwkRows.Rsa2048, "RS256", "r").ToJwk() : "")}}]}""";
        var tokens = Start();

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);
        await MoveUntilAsync(() => _log.Text.Contains("PublicKeyRefused", StringComparison.Ordinal), "the key is named in the log");

        (await HealthAsync()).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_server_that_gives_the_own_key_id_to_another_key_is_named_too()
    {
        using var directory = new ScratchDirectory();
        var own = directory.Write("own.key", JwkRows.P384.ExportPkcs8PrivateKeyPem());
        _servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", PublicKey.From(JwkRows.P384).KeyId));
        var tokens = Start(options => options.SigningKey.File = own);

        (await SteppingAsync(VerifyAsync(tokens, JwkRows.P256, "a"))).ShouldBe(RewtRefusal.None);

        (await HealthAsync()).Entries["rewt"].Description.ShouldNotBeNull().ShouldContain("this service's own key");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_server_is_asked_no_more_than_stated_however_short_the_refresh_interval_is(bool isAway)
    {
        if (isAway) _servers["a.example"].Failure = "the address answers 500";
        else _servers["a.example"].MaxAge = TimeSpan.Zero;
        var tokens = Start(options =>
        {
            (options.RefreshInterval, options.RotationInterval) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
            options.VerificationKeys.Remove("https://b.example/jwks.json");
        });
        await SteppingAsync(OutcomeAsync(VerifyAsync(tokens, JwkRows.P256, "a")));
        (var before, var began) = (_servers["a.example"].Fetches, _time.GetTimestamp());

        await PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        (_servers["a.example"].Fetches - before).ShouldBeInRange(2, Seconds() + 1);

        (before, began) = (_servers["a.example"].Fetches, _time.GetTimestamp());
        var asking = new List<Task<string>>();
        for (var step = 0; step < 60; step++)
        {
            asking.Add(OutcomeAsync(VerifyAsync(tokens, JwkRows.P256, $"junk-{step}")));
            await PassAsync(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        }

        (_servers["a.example"].Fetches - before).ShouldBeInRange(2, (2 * Seconds()) + 2);
        await SteppingAsync(Task.WhenAll(asking));

        int Seconds() => (int)Math.Ceiling(_time.GetElapsedTime(began).TotalSeconds);
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

    /// <summary>Moves the clock until the work has ended.</summary>
    private async Task<T> SteppingAsync<T>(Task<T> work)
    {
        await MoveUntilAsync(() => work.IsCompleted, "the work ends");
        return await work;
    }

    /// <summary>Moves the clock by at least so much, step by step, each of which begins and ends while the provider sleeps.</summary>
    private async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var length = step ?? TimeSpan.FromMilliseconds(200);
        for (var passed = TimeSpan.Zero; passed < time; passed += length)
        {
            await MoveUntilAsync(() => _time.SleepingLoops > 0, "the provider sleeps");
            _time.Advance(length);
        }

        await MoveUntilAsync(() => _time.SleepingLoops > 0, "the provider sleeps");
    }

    /// <summary>A refresh that waits for a slow source goes on as the clock does.</summary>
    private Task MoveUntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(
        () =>
        {
            if (condition()) return true;
            _time.Advance(TimeSpan.FromMilliseconds(40));
            return false;
        },
        what);
}
