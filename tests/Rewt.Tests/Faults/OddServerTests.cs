namespace Rewt.Tests.Faults;

/// <summary>Servers that answer, and not as one would like.</summary>
public sealed class OddServerTests
{
    [Fact]
    public async Task A_flushed_script_cache_is_not_noticed()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await instance.Ring.RotateAsync(Cancellation);
        await redis.CommandAsync("SCRIPT", "FLUSH");

        var before = await instance.CurrentAsync();
        (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId.ShouldNotBe(before);
    }

    [Fact]
    public async Task A_login_that_may_run_no_scripts_writes_the_same_in_a_conditional_transaction()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        await using var instances = await InstanceGroup.StartWarmAsync(3, redis.ConnectionString);
        var first = (await instances.CurrentKeysAsync()).ShouldHaveSingleItem();
        var token = await instances[1].SignAsync();

        (await instances[0].Ring.RotateAsync(Cancellation)).Keys
            .ShouldContain(key => key.KeyId == first && key.State == RewtKeyState.Retired);
        (await instances[2].VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Task.WhenAll(instances.Select(instance => instance.Ring.RotateAsync(Cancellation)));
        await instances[0].Ring.RevokeAsync(first, Cancellation);
        await Eventually.TrueAsync(async () => await instances[2].VerifyAsync(token) == RewtRefusal.StaleKey, "it is revoked");
        // One write to begin with, four rotations and a revocation: no change was lost to another.
        (await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version")).ShouldBe("6");
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_login_that_may_neither_run_scripts_nor_transactions_does_as_node_does()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting", "-@transaction");
        await using var one = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString);

        var keyId = await one.CurrentAsync();
        (await two.CurrentAsync()).ShouldBe(keyId);
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeGreaterThan(0);
        var token = await one.SignAsync();
        (await two.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        one.Log.Text.ShouldContain("Warning Degraded");
        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => one.Ring.RotateAsync(Cancellation))).Message.ShouldContain("may run neither scripts nor transactions");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => one.Ring.RevokeAsync(keyId, Cancellation));

        await redis.DelAsync("rewt:rewt-secret");
        await Eventually.TrueAsync(async () => await two.VerifyAsync(token) == RewtRefusal.StaleKey, "a token of the deleted secret is refused");
        // A token that it signed just before it saw the deletion would be refused, too.
        await Eventually.TrueAsync(async () => await one.CurrentAsync() != keyId, "the new secret is known");
        (await one.VerifyAsync(await one.SignAsync())).ShouldBe(RewtRefusal.None);

        await redis.CommandAsync("ACL", "SETUSER", "default", "+@all");
        await Eventually.TrueAsync(
            async () => (await one.Ring.GetAsync(Cancellation)).Keys.Any(key => key.State == RewtKeyState.Pending), "the ring is complete again");
    }

    [Fact]
    public async Task A_wrong_password_is_named_and_the_right_one_ends_the_outage()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        await using var instance = Instance.Start(redis.ConnectionString + ",password=second");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.CurrentAsync());
        instance.Log.Text.ShouldContain("StoreUnavailable");
        instance.Log.Text.ShouldNotContain("second");

        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");
        await client.CommandAsync("CONFIG", "SET", "requirepass", "second");
        await instance.HealthyAsync();
    }

    [Fact]
    public async Task A_password_that_is_changed_while_running_is_an_outage()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString + ",password=first");
        var token = await instance.SignAsync();
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");

        await client.CommandAsync("CONFIG", "SET", "requirepass", "second");
        await client.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "it has noticed");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        await client.CommandAsync("CONFIG", "SET", "requirepass", "first");
        await FreshAsync(instance);
    }

    [Theory]
    [InlineData("READONLY")]
    [InlineData("OOM")]
    [InlineData("MISCONF")]
    [InlineData("NOREPLICAS")]
    public async Task A_server_that_takes_no_writes_keeps_its_keys_in_use_and_the_cause_is_named(string error)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.SignAsync();

        await ForbidWritesAsync(redis, error);
        var failure = await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        if (error != "READONLY") failure.InnerException!.Message.ShouldContain(error);
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        await AllowWritesAsync(redis, error);
        await FreshAsync(instance);
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => instance.Ring.RotateAsync(Cancellation)) is null, "it writes again");
    }

    [Fact]
    public async Task A_busy_server_is_an_outage_until_the_script_is_killed()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--busy-reply-threshold", "50");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.SignAsync();
        var loop = Record.ExceptionAsync(() => redis.CommandAsync("EVAL", "while true do end", 0));

        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "it has noticed");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await redis.CommandAsync("SCRIPT", "KILL");
        await loop;

        await FreshAsync(instance);
    }

    [Fact]
    public async Task A_server_that_is_loading_is_an_outage_until_it_has_loaded()
    {
        await using var redis = await RedisServer.StartAsync(
            RedisServerKind.Real, "--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var before = await instance.CurrentAsync();
        await redis.CommandAsync("DEBUG", "POPULATE", 5000, "filler", 100);
        await redis.CommandAsync("CONFIG", "SET", "key-load-delay", 400);
        var reload = redis.CommandAsync("DEBUG", "RELOAD");

        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "it has noticed");
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
        await redis.CommandAsync("CONFIG", "SET", "key-load-delay", 0);
        await reload;

        await FreshAsync(instance);
        (await instance.CurrentAsync()).ShouldBe(before);
    }

    private static Task FreshAsync(Instance instance)
    {
        var asked = TimeProvider.System.GetTimestamp();
        return Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => instance.Provider.RefreshAsync(Cancellation)) is null,
            string.Create(CultureInfo.InvariantCulture, $"the keys are read again ({TimeProvider.System.GetElapsedTime(asked).TotalSeconds} s)"));
    }

    private static Task ForbidWritesAsync(RedisServer redis, string error) => error switch
    {
        "READONLY" => redis.CommandAsync("REPLICAOF", "127.0.0.1", FreePort.Next()),
        "OOM" => redis.CommandAsync("CONFIG", "SET", "maxmemory", 1),
        "NOREPLICAS" => redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1),
        _ => FailToSaveAsync(redis),
    };

    /// <summary>A directory in the place of its file: the server cannot save, and then takes no writes.</summary>
    private static async Task FailToSaveAsync(RedisServer redis)
    {
        var directory = (await redis.CliAsync("CONFIG", "GET", "dir")).Split('\n')[1];
        Directory.CreateDirectory(Path.Combine(directory, "dump.rdb", "in the way"));
        await redis.CommandAsync("CONFIG", "SET", "save", "3600 1000000");
        await redis.CommandAsync("BGSAVE");
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("INFO", "persistence")).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal), "saving has failed");
    }

    private static Task<object?> AllowWritesAsync(RedisServer redis, string error) => error switch
    {
        "READONLY" => redis.CommandAsync("REPLICAOF", "NO", "ONE"),
        "OOM" => redis.CommandAsync("CONFIG", "SET", "maxmemory", 0),
        "NOREPLICAS" => redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 0),
        _ => redis.CommandAsync("CONFIG", "SET", "stop-writes-on-bgsave-error", "no"),
    };
}
