using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.Ring;
using Rewt.Tests.TestKit;

namespace Rewt.Tests.Tenants;

/// <summary>Tests the revocation, deletion and creation of tenants with two instances.</summary>
public sealed class TenantLifeCycleTests : WithServices
{
    private const string Tenants = "{rewt:rewt-secret}:tenants";
    private const string TenantsLog = "{rewt:rewt-secret}:tenants-log";
    private const string Ring = "{rewt:rewt-secret}:ring";

    private RedisServer _redis = null!;
    private TestService _issuer = null!;
    private TestService _service = null!;

    public override async ValueTask InitializeAsync()
    {
        _redis = await DisposeAfterTestAsync(RedisServer.StartAsync());
        _issuer = await DisposeAfterTestAsync(TenantService.StartAsync(_redis, Settings, name: "login"));
        _service = await DisposeAfterTestAsync(TenantService.StartAsync(_redis, Settings));
    }

    [Fact]
    public async Task The_first_token_of_a_tenant_is_accepted_at_once_and_Redis_stores_nothing()
    {
        for (var tenant = 0; tenant < 5; tenant++)
        {
            (await _service.StatusAsync($"t{tenant}", await _issuer.SignAsync($"t{tenant}"))).ShouldBe(HttpStatusCode.OK);
        }

        await _issuer.Tenants.CreateTenantAsync("acme", Cancellation);
        (await _redis.CliAsync("EXISTS", Tenants)).ShouldBe("0");
    }

    [Fact]
    public async Task An_error_about_a_tenant_names_the_reason_why_Redis_cannot_be_used()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromHours(1));
        await service.SignAsync("acme");
        await redis.WaitForStartupAsync(keyRings: 1);

        await redis.CommandAsync("CONFIG", "SET", "maxmemory", 1);
        var change = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Tenants.RevokeTenantAsync("acme", Cancellation));
        await redis.KillAsync();
        var read = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.SignAsync("globex"));

        change.Message.ShouldContain("Check the log of the server, the permissions of the login ('rewt acl --role signer --namespace rewt') and maxmemory.");
        read.Message.ShouldContain($"Nothing listens on 127.0.0.1:{redis.Port}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revoking_or_deleting_a_tenant_reaches_every_instance_by_push_and_affects_no_other_tenant(bool delete)
    {
        await using var slow = await TenantService.StartAsync(_redis, options => options.RefreshInterval = TimeSpan.FromHours(1));
        var (acme, globex) = (await _issuer.SignAsync("acme"), await _issuer.SignAsync("globex"));
        (await slow.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await slow.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await _redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look") == "{rewt:rewt-secret}:look\n3", "all instances have subscribed");

        await (delete ? _issuer.Tenants.DeleteTenantAsync("acme", Cancellation) : _issuer.Tenants.RevokeTenantAsync("acme", Cancellation));

        await Eventually.TrueAsync(
            async () => await slow.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "the push arrives at an instance that polls once an hour");
        (await slow.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        (await _issuer.Tenants.Tokens("acme").VerifyBearerAsync(acme, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey, "the revoking instance refuses it at once");
        slow.Log.Text.ShouldContain("(RevokedTenant)");
        _issuer.Log.Text.ShouldContain($"TenantChanged: Audit: tenant acme of the ring rewt was {(delete ? "deleted" : "revoked")} by login/");
        slow.Log.Text.ShouldContain("TenantFollowed: The tenant acme of the ring rewt was changed by login/");
        if (delete)
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => _issuer.SignAsync("acme"))).Message.ShouldContain("CreateTenantAsync");
            await _issuer.Tenants.RevokeTenantAsync("acme", Cancellation);
            await Should.ThrowAsync<InvalidOperationException>(() => _issuer.SignAsync("acme"));
            await _issuer.Tenants.CreateTenantAsync("acme", Cancellation);
        }

        var renewed = await _issuer.SignAsync("acme");
        await Eventually.TrueAsync(async () => await slow.StatusAsync("acme", renewed) == HttpStatusCode.OK, "the next token has a new key");
        (await slow.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.Unauthorized);
        await using var newInstance = await TenantService.StartAsync(_redis, Settings);
        (await newInstance.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.Unauthorized);
        (await newInstance.StatusAsync("acme", renewed)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_tenant_revocation_whose_push_is_lost_is_detected_by_polling()
    {
        var (acme, globex) = (await _issuer.SignAsync("acme"), await _issuer.SignAsync("globex"));
        (await _service.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await _service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);

        await _redis.CommandAsync("ZADD", Tenants, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), "acme");
        await _redis.CommandAsync("HSET", Ring, "tenants", "another stamp");

        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "polling detects the revocation");
        (await _service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => await _service.StatusAsync("acme", await _issuer.SignAsync("acme")) == HttpStatusCode.OK, "the signer detects the revocation too");
    }

    [Theory]
    [InlineData("acme", "+inf")]
    [InlineData("acme", "1.2e15")]
    [InlineData("acme:deleted", "+inf")]
    [InlineData("acme:deleted", "12")]
    public async Task An_invalid_score_does_not_prevent_a_revocation_and_is_removed_by_it(string member, string score)
    {
        var token = await _issuer.SignAsync("acme");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        await _redis.CommandAsync("ZADD", Tenants, score, member);
        await _redis.CommandAsync("HSET", Ring, "tenants", "another stamp");

        await _issuer.Tenants.RevokeTenantAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the tenant is revoked");
        (await _redis.CliAsync("ZRANGE", Tenants, "0", "-1")).ShouldBe("acme");
        (await _redis.CliAsync("ZCOUNT", Tenants, "-inf", $"({StoreTime.Latest}")).ShouldBe("1");
        (await _service.StatusAsync("acme", await _issuer.SignAsync("acme"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revocation_beyond_the_last_generation_is_an_error_that_states_the_repair()
    {
        await _redis.CommandAsync("ZADD", Tenants, StoreTime.Latest.ToString(), "acme");

        var error = await Should.ThrowAsync<RewtKeysUnavailableException>(() => _issuer.Tenants.RevokeTenantAsync("acme", Cancellation));

        error.Message.ShouldContain("ZREM");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tenant_change_lost_in_a_failover_is_restored_from_memory(bool delete)
    {
        var token = await _issuer.SignAsync("acme");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);
        var stamp = await _redis.CliAsync("HGET", Ring, "tenants");
        await (delete ? _issuer.Tenants.DeleteTenantAsync("acme", Cancellation) : _issuer.Tenants.RevokeTenantAsync("acme", Cancellation));
        var member = delete ? "acme:deleted" : "acme";
        var score = await _redis.CliAsync("ZSCORE", Tenants, member);
        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", token) == HttpStatusCode.Unauthorized, "the other instance has detected the change");

        await _redis.CommandAsync("DEL", Tenants, TenantsLog);
        await (stamp.Length == 0 ? _redis.CommandAsync("HDEL", Ring, "tenants") : _redis.CommandAsync("HSET", Ring, "tenants", stamp));

        await Eventually.TrueAsync(async () => await _redis.CliAsync("ZSCORE", Tenants, member) == score, "the change is written back");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
        await using var newInstance = await TenantService.StartAsync(_redis, Settings);
        (await newInstance.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_flush_of_Redis_invalidates_all_tokens_and_keeps_tenant_deletions()
    {
        var (acme, globex) = (await _issuer.SignAsync("acme"), await _issuer.SignAsync("globex"));
        (await _service.StatusAsync("acme", acme)).ShouldBe(HttpStatusCode.OK);
        (await _service.StatusAsync("globex", globex)).ShouldBe(HttpStatusCode.OK);
        await _issuer.Tenants.DeleteTenantAsync("acme", Cancellation);
        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", acme) == HttpStatusCode.Unauthorized, "the other instance has detected the change");

        await _redis.FlushAllAsync();

        await Eventually.TrueAsync(async () => await _service.StatusAsync("globex", globex) == HttpStatusCode.Unauthorized, "the secret has been replaced");
        await Eventually.TrueAsync(async () => await _redis.CliAsync("ZCARD", Tenants) == "1", "the deletion is written back");
        await Should.ThrowAsync<InvalidOperationException>(() => _issuer.SignAsync("acme"));
        await Eventually.TrueAsync(async () => await _service.StatusAsync("globex", await _issuer.SignAsync("globex")) == HttpStatusCode.OK, "other tenants work");
    }

    [Fact]
    public async Task Rotations_of_the_secret_fail_no_call_and_keep_users_logged_in()
    {
        static void UseLongLifetimes(RewtOptions options) =>
            (options.Namespace, options.TokenLifetime, options.MaxTokenLifetime) = ("users", TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(30));
        await using var issuer = await TenantService.StartAsync(_redis, UseLongLifetimes, name: "login");
        await using var service = await TenantService.StartAsync(_redis, UseLongLifetimes);
        var login = await issuer.SignAsync("ada");
        var secrets = new HashSet<string?>();

        for (var rotation = 0; rotation <= 2; rotation++)
        {
            // On a busy machine, the time limit of a command may pass although the secret was rotated.
            if (rotation > 0) await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => issuer.Ring.RotateAsync(Cancellation)) is null, "the secret is rotated");
            secrets.Add(await _redis.GetAsync("users:rewt-secret"));
            for (var call = 0; call < 10; call++)
            {
                (await service.StatusAsync("ada", await issuer.SignAsync("ada"))).ShouldBe(HttpStatusCode.OK);
                (await service.StatusAsync("ada", login)).ShouldBe(HttpStatusCode.OK);
            }
        }

        secrets.Count.ShouldBe(3);
        await issuer.Tenants.RevokeTenantAsync("ada", Cancellation);
        await Eventually.TrueAsync(async () => await service.StatusAsync("ada", login) == HttpStatusCode.Unauthorized, "the revocation ends the login");
    }

    [Fact]
    public async Task A_tenant_revocation_is_removed_when_all_secrets_are_newer_but_a_deletion_is_kept()
    {
        await using var ring = new RewtTestRing();
        await using var host = await KitService.StartAsync(ring, options => options.Tenants.Enabled = true);
        var tenants = host.Services.GetRequiredService<IRewtTenants>();
        var store = ring.Stores.Rings.Open(new RewtOptions()).Tenants!;
        await tenants.RevokeTenantAsync("acme", Cancellation);
        await tenants.DeleteTenantAsync("gone", Cancellation);

        // After each rotation, the secret that was pending before the rotation is the oldest.
        for (var day = 1; day <= 2; day++) await PassAsync();
        (await store.ListAsync(Cancellation)).Keys.ShouldBe(["acme", "gone", "other"], ignoreOrder: true);
        for (var day = 3; day <= 4; day++) await PassAsync();
        (await store.ListAsync(Cancellation)).Keys.ShouldBe(["gone", "other"], ignoreOrder: true);

        using var client = host.ClientOf("orders", "acme");
        (await KitService.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<InvalidOperationException>(() => ring.CreateTokenAsync("orders", "inventory", tenant: "gone", cancellationToken: Cancellation));

        async Task PassAsync()
        {
            foreach (var time in new[] { TimeSpan.FromDays(1), TimeSpan.FromHours(1) })
            {
                ring.SimulateOutage();
                ring.Clock.Advance(time);
                await ring.EndOutageAsync(Cancellation);
            }

            await tenants.RevokeTenantAsync("other", Cancellation);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(86_400_000, false)]
    [InlineData(86_400_001, true)]
    public void A_tenant_revocation_applies_to_every_secret_that_may_be_older(long bornAfter, bool isValid)
    {
        var at = Rings.Now - TimeSpan.FromDays(400);
        var ring = Rings.Ring() with { Retired = [new RetiredKey(Rings.Secret("retired"), Rings.In(100_000)) { Born = bornAfter == 0 ? StoreTime.Unknown : at + TimeSpan.FromMilliseconds(bornAfter) }] };
        var snapshot = new RingSnapshot(Rings.Read(Rings.Slot("current", 1000), ring), Rings.NoRevocations, null, Rings.Schedule, ClockReading.Now(TimeProvider.System), null);

        TenantCache.IsValid(new(at, default, false), Rings.KeyId("retired"), default, snapshot).ShouldBe(isValid);
        TenantCache.IsValid(new(at, default, false), Rings.KeyId("retired"), at, snapshot).ShouldBeTrue();
        TenantCache.IsValid(new(default, at, true), Rings.KeyId("retired"), at, snapshot).ShouldBeFalse();
        (at < TenantCache.ForgetBefore(snapshot.OldestBorn)).ShouldBeFalse("the creation time of the current secret is unknown");
    }

    [Fact]
    public async Task A_wrong_Redis_type_makes_tenants_unavailable_with_a_reason_but_not_the_keys()
    {
        var token = await _issuer.SignAsync("acme");
        (await _service.StatusAsync("acme", token)).ShouldBe(HttpStatusCode.OK);

        await _redis.SetAsync(Tenants, "text");
        await _redis.CommandAsync("HSET", Ring, "tenants", "another stamp");

        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", token) == HttpStatusCode.ServiceUnavailable, "the tenants are unavailable");
        var provider = _service.Provider;
        await provider.RefreshAsync(Cancellation);
        provider.Health().ToString().ShouldContain(Tenants);
        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => _service.Tenants.RevokeTenantAsync("acme", Cancellation))).Message.ShouldContain("DEL");
        await _redis.DelAsync(Tenants);
        await Eventually.TrueAsync(async () => await _service.StatusAsync("acme", token) == HttpStatusCode.OK, "the tenants are available again");
    }

    [Fact]
    public async Task A_read_that_began_before_a_revocation_is_repeated()
    {
        var options = new RewtOptions { ServiceName = "inventory" };
        await using var ring = new InMemoryRingStore(TimeProvider.System);
        using var provider = new KeyRingProvider(options, new SharedSecretSource(options, ring, TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
        await provider.GetAsync(Cancellation);
        var (hasRead, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        // Only the first answer is delayed.
        var store = new HookedTenantStore(ring) { AfterFind = () => hasRead.TrySetResult() ? release.Task : Task.CompletedTask };
        var tenants = new TenantCache(options, provider, store, TimeProvider.System, null, NullLogger.Instance);
        var asking = tenants.GetAsync("acme", Cancellation).AsTask();
        await hasRead.Task;

        await ring.MergeAsync(new Dictionary<string, TenantState> { ["acme"] = new(new(5), default, false) }, "ada", default, Cancellation);
        await tenants.FollowAsync((RingSnapshot)await provider.RefreshAsync(Cancellation), Cancellation);
        release.SetResult();

        (await asking).State.Generation.ShouldBe(new(5));
    }

    [Fact]
    public async Task Refreshing_the_signing_key_of_a_deleted_tenant_fails()
    {
        await _issuer.Tenants.DeleteTenantAsync("gone", Cancellation);
        var keys = _issuer.Services.GetRequiredKeyedService<TokenSigners>(string.Empty).For("gone").Keys;

        (await Should.ThrowAsync<TenantDeletedException>(() => keys.RefreshAsync(Cancellation))).Message.ShouldContain("CreateTenantAsync");
    }

    private static void Settings(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);
}
