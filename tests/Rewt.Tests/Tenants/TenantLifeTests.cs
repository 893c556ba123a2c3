namespace Rewt.Tests.Tenants;

/// <summary>Making, revoking and ending tenants, seen from two instances.</summary>
public sealed class TenantLifeTests : WithServices
{
    private RedisServer _redis = null!;
    private TestService _issuer = null!;
    private TestService _service = null!;

    public override async ValueTask InitializeAsync()
    {
        _redis = await EndingAsync(RedisServer.StartAsync());
        _issuer = await EndingAsync(TenantService.StartAsync(_redis, Settings, name: "login"));
        _service = await EndingAsync(TenantService.StartAsync(_redis, Settings));
    }

    [Fact]
    public async Task A_tenant_has_a_secret_of_its_own_under_the_namespace_and_its_name()
    {
        await _issuer.Tenants.CreateTenantAsync("acme", Cancellation);
        await _issuer.SignAsync("globex");

        var acme = await _redis.GetAsync("rewt:acme:rewt-secret");
        acme.ShouldNotBeNull().Length.ShouldBe(43);
        (await _redis.GetAsync("rewt:globex:rewt-secret")).ShouldNotBeNull().ShouldNotBe(acme);
        (await _redis.PttlAsync("rewt:acme:rewt-secret")).ShouldBeInRange(1, (long)TimeSpan.FromDays(1).TotalMilliseconds);
        (await _redis.CliAsync("EXISTS", "{rewt:acme:rewt-secret}:ring")).ShouldBe("1");
        (await _redis.CliAsync("EXISTS", "rewt:rewt-secret")).ShouldBe("0", "the namespace has no ring of its own");

        await _issuer.Tenants.CreateTenantAsync("acme", Cancellation);
        (await _redis.GetAsync("rewt:acme:rewt-secret")).ShouldBe(acme, "one that is there stays as it is");
    }

    [Fact]
    public async Task A_tenants_first_token_is_accepted_in_the_same_call()
    {
        for (var tenant = 0; tenant < 5; tenant++)
        {
            (await _service.StatusAsync($"t{tenant}", await _issuer.SignAsync($"t{tenant}"))).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revoking_or_deleting_a_tenant_reaches_every_instance_by_push_and_affects_no_other_tenant(bool delete)
    {
        await using var slow = await TenantService.StartAsync(_redis, options => options.RefreshInterval = TimeSpan.FromHours(1));
        var (acme, globex) = (await _issuer.SignAsync("acme"), await _issuer.SignAsync("globex"));
        await PushArrivesAsync(slow);
        (await slow.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await slow.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);

        await (delete ? _issuer.Tenants.DeleteTenantAsync("acme", Cancellation) : _issuer.Tenants.RevokeTenantAsync("acme", Cancellation));

        await Eventually.TrueAsync(
            async () => await slow.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "the push arrives at an instance that polls once an hour");
        (await slow.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        (await _issuer.Tenants.Tokens("acme").VerifyBearerAsync(acme, Cancellation)).IsValid.ShouldBeFalse();
        (await slow.StatusAsync("acme", await _issuer.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK, "whoever signs next signs with a fresh key");
        (await slow.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task A_secret_that_is_deleted_or_set_by_hand_is_seen_within_a_refresh_interval_without_a_push(string command)
    {
        var (acme, globex) = (await _issuer.SignAsync("acme"), await _issuer.SignAsync("globex"));
        (await _service.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await _service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);

        if (command == "DEL") await _redis.DelAsync("rewt:acme:rewt-secret");
        else await _redis.SetAsync("rewt:acme:rewt-secret", "another-secret-that-a-human-has-chosen-for-acme");

        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "the poll sees it");
        (await _service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => await _service.StatusAsync("acme", await _issuer.SignAsync("acme")) == HttpStatusCode.OK, "whoever signs sees it too");
        (await _service.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_deleted_tenants_old_tokens_stay_dead_when_it_is_created_again_even_with_its_old_secret()
    {
        var token = await _issuer.SignAsync("acme");
        var secret = await _redis.GetAsync("rewt:acme:rewt-secret");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);

        await _issuer.Tenants.DeleteTenantAsync("acme", Cancellation);
        (await _redis.CliAsync("EXISTS", "rewt:acme:rewt-secret", "{rewt:acme:rewt-secret}:ring")).ShouldBe("0");
        (await _redis.PttlAsync("{rewt:acme:rewt-secret}:dead")).ShouldBeGreaterThan(0, "what is left of it goes in the end");
        await _service.Tenants.CreateTenantAsync("acme", Cancellation);
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);

        await _redis.SetAsync("rewt:acme:rewt-secret", secret!, TimeSpan.FromHours(1));
        await using var newcomer = await TenantService.StartAsync(_redis, Settings);
        (await newcomer.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await newcomer.StatusAsync("acme", await newcomer.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
        (await newcomer.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_flushed_redis_brings_no_tenant_back_until_a_service_signs()
    {
        var token = await _issuer.SignAsync("acme");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);

        await _redis.FlushAllAsync();

        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the flush is seen");
        (await _redis.DbSizeAsync()).ShouldBe(0, "verifying never writes");
        await Eventually.TrueAsync(
            async () => await _service.StatusAsync("acme", await _issuer.SignAsync("acme")) == HttpStatusCode.OK, "whoever signs makes it anew");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Rotations_of_a_tenants_ring_happen_when_a_service_signs_and_fail_no_call()
    {
        static void Fast(RewtOptions options) => (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200));
        await using var issuer = await TenantService.StartAsync(_redis, Fast, name: "login");
        await using var service = await TenantService.StartAsync(_redis, Fast);
        var secrets = new HashSet<string?>();
        var started = TimeProvider.System.GetTimestamp();

        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(7))
        {
            (await service.StatusAsync("acme", await issuer.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
            if (await _redis.GetAsync("rewt:acme:rewt-secret") is { } secret) secrets.Add(secret);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }

        secrets.Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task A_tenant_without_signatures_is_not_rotated_and_its_last_tokens_live()
    {
        await using var issuer = await TenantService.StartAsync(
            _redis, options => (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100)), name: "login");
        var token = await issuer.SignAsync("acme");

        await Eventually.TrueAsync(async () => await _redis.GetAsync("rewt:acme:rewt-secret") is null, "its time runs out");
        await using var newcomer = await TenantService.StartAsync(_redis, Settings);

        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        (await newcomer.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        (await _redis.GetAsync("rewt:acme:rewt-secret")).ShouldBeNull("verifying never writes");
    }

    private static void Settings(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The instance has subscribed: a revocation of somebody else's has come through.</summary>
    private async Task PushArrivesAsync(TestService host)
    {
        var rings = host.Services.GetRequiredService<KeyRingRegistry>().Tenants("rewt")!;
        await Eventually.TrueAsync(
            async () =>
            {
                var token = await _issuer.SignAsync("canary");
                (await host.StatusAsync("canary", token)).ShouldBe(HttpStatusCode.OK);
                var version = rings.Known("canary")!.Version;
                await _issuer.Tenants.RevokeTenantAsync("canary", Cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
                return rings.Known("canary")!.Version > version;
            },
            "a push arrives");
    }
}
