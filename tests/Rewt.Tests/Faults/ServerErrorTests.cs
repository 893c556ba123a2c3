namespace Rewt.Tests.Faults;

/// <summary>Tests servers that respond with errors.</summary>
public sealed class ServerErrorTests
{
    [Fact]
    public async Task A_rotation_succeeds_after_the_script_cache_is_flushed()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await instance.Ring.RotateAsync(Cancellation);
        await redis.CommandAsync("SCRIPT", "FLUSH");

        var before = await instance.CurrentAsync();
        (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId.ShouldNotBe(before);
    }

    [Fact]
    public async Task A_Redis_user_without_script_rights_writes_keys_in_a_conditional_transaction()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        await using var instances = await InstanceGroup.StartWarmAsync(3, redis.ConnectionString);
        var first = (await instances.CurrentKeysAsync()).ShouldHaveSingleItem();
        var token = await instances[1].SignAsync();

        (await instances[0].Ring.RotateAsync(Cancellation)).Keys
            .ShouldContain(key => key.KeyId == first && key.State == RewtKeyState.Retired);
        (await instances[2].VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await Task.WhenAll(instances.Select(instance => instance.Ring.RevokeAsync(Secret.Generate().KeyId.ToString(), Cancellation)));
        await instances[0].Ring.RevokeAsync(first, Cancellation);
        await Eventually.TrueAsync(async () => await instances[2].VerifyAsync(token) == RewtRefusal.StaleKey, "the key is revoked");
        // One initial write, a rotation and four revocations: no change overwrote another one.
        (await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version")).ShouldBe("6");
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_Redis_user_without_script_and_transaction_rights_shares_the_secret_but_cannot_rotate_it()
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
        // A token signed just before the instance notices the deletion would also be refused.
        await Eventually.TrueAsync(async () => await one.CurrentAsync() != keyId, "the new secret is known");
        (await one.VerifyAsync(await one.SignAsync())).ShouldBe(RewtRefusal.None);

        await redis.CommandAsync("ACL", "SETUSER", "default", "+@all");
        await Eventually.TrueAsync(
            async () => (await one.Ring.GetAsync(Cancellation)).Keys.Any(key => key.State == RewtKeyState.Pending), "the key ring has a pending key again");
    }

    [Fact]
    public async Task The_log_of_a_login_without_permission_for_scripts_and_WATCH_names_the_rules_of_a_signer()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting", "-watch");
        await using var instance = Instance.Start(redis.ConnectionString);
        const string Expected = "There are no keys until the write succeeds. The Redis login is not permitted to run a required command (NOPERM). Give it the permissions that 'rewt acl --role signer --namespace rewt' prints";

        await Eventually.TrueAsync(() => Refusals().Any(line => line.Contains(Expected, StringComparison.Ordinal)), "the refused write is logged");

        // Only a login that may not run scripts needs WATCH.
        Refusals().ShouldAllBe(line => !line.Contains("watch", StringComparison.OrdinalIgnoreCase));

        IEnumerable<string> Refusals() => instance.Log.Text.Split('\n').Where(line => line.Contains("RingWriteRefused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_with_a_wrong_password_recovers_when_the_server_accepts_it()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        await using var instance = Instance.Start(redis.ConnectionString + ",password=second");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.CurrentAsync());
        instance.Log.Text.ShouldContain("StoreUnavailable");
        instance.Log.Text.ShouldNotContain("second");

        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");
        await client.CommandAsync("CONFIG", "SET", "requirepass", "second");
        await instance.WaitUntilHealthyAsync();
    }

    [Fact]
    public async Task A_changed_Redis_password_is_an_outage_in_which_known_keys_stay_in_use()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString + ",password=first");
        var token = await instance.SignAsync();
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("AUTH", "first");

        await client.CommandAsync("CONFIG", "SET", "requirepass", "second");
        await client.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the outage is logged");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        await client.CommandAsync("CONFIG", "SET", "requirepass", "first");
        await WaitForRefreshAsync(instance);
    }

    [Theory]
    [InlineData("READONLY")]
    [InlineData("OOM")]
    [InlineData("MISCONF")]
    [InlineData("NOREPLICAS")]
    public async Task Known_keys_stay_in_use_and_the_error_is_reported_when_Redis_accepts_no_writes(string error)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.SignAsync();

        await ForbidWritesAsync(redis, error);
        var failure = await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation));
        if (error != "READONLY")
        {
            // On a busy machine, the time limit of a command may pass before the server reports the error.
            await Eventually.TrueAsync(
                async () => failure.InnerException is not TimeoutException || (failure = await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.Ring.RotateAsync(Cancellation))) is null,
                "the server reports the error");
            failure.InnerException!.Message.ShouldContain(error);
            failure.Message.ShouldContain("The key ring 'rewt' was not changed");
        }

        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);

        await AllowWritesAsync(redis, error);
        await WaitForRefreshAsync(instance);
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => instance.Ring.RotateAsync(Cancellation)) is null, "the key ring can be written again");
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret, "Create could not be written. There are no keys until the write succeeds. Redis has no memory left (maxmemory). Free memory, or raise the limit.")]
    [InlineData(KeyMode.KeyPair, "could not be written. Redis has no memory left (maxmemory). Free memory, or raise the limit. This process has published no key, so it cannot sign.")]
    public async Task The_log_names_the_solution_when_a_full_server_accepts_no_first_key(KeyMode mode, string line)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await ForbidWritesAsync(redis, "OOM");
        await using var instance = Instance.Start(redis.ConnectionString, options => options.KeyMode = mode);

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.SignAsync());

        await Eventually.TrueAsync(() => instance.Log.Text.Contains(line, StringComparison.Ordinal), "the log names the solution");
        await AllowWritesAsync(redis, "OOM");
    }

    [Fact]
    public async Task A_server_busy_with_a_script_counts_as_unavailable_until_the_script_ends()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--busy-reply-threshold", "50");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await instance.SignAsync();
        var loop = Record.ExceptionAsync(() => redis.CommandAsync("EVAL", "while true do end", 0));

        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the outage is logged");
        (await instance.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        await redis.CommandAsync("SCRIPT", "KILL");
        await loop;

        await WaitForRefreshAsync(instance);
    }

    [Fact]
    public async Task A_server_that_is_loading_its_data_counts_as_unavailable_until_it_has_loaded()
    {
        await using var redis = await RedisServer.StartAsync(
            RedisServerKind.Real, "--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var before = await instance.CurrentAsync();
        await redis.CommandAsync("DEBUG", "POPULATE", 5000, "filler", 100);
        await redis.CommandAsync("CONFIG", "SET", "key-load-delay", 400);
        var reload = redis.CommandAsync("DEBUG", "RELOAD");

        await Eventually.TrueAsync(() => instance.Log.Text.Contains("StoreUnavailable", StringComparison.Ordinal), "the outage is logged");
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
        await redis.CommandAsync("CONFIG", "SET", "key-load-delay", 0);
        await reload;

        await WaitForRefreshAsync(instance);
        (await instance.CurrentAsync()).ShouldBe(before);
    }

    private static Task WaitForRefreshAsync(Instance instance)
    {
        var started = TimeProvider.System.GetTimestamp();
        return Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => instance.Provider.RefreshAsync(Cancellation)) is null,
            string.Create(CultureInfo.InvariantCulture, $"the keys are read again ({TimeProvider.System.GetElapsedTime(started).TotalSeconds} s)"));
    }

    private static Task ForbidWritesAsync(RedisServer redis, string error) => error switch
    {
        "READONLY" => redis.CommandAsync("REPLICAOF", "127.0.0.1", FreePort.Next()),
        "OOM" => redis.CommandAsync("CONFIG", "SET", "maxmemory", 1),
        "NOREPLICAS" => redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1),
        _ => FailToSaveAsync(redis),
    };

    /// <summary>Creates a directory with the name of the dump file, so that the server cannot save and then accepts no writes.</summary>
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
