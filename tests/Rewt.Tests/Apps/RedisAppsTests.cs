using Rewt.Tests.Operations;

namespace Rewt.Tests.Apps;

/// <summary>Verifies services that share their trusted apps through a real Redis.</summary>
public sealed class RedisAppsTests
{
    [Fact]
    public async Task A_revocation_reaches_other_instances_by_push()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        // The interval is longer than the test waits, so that only a push can be the cause.
        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: UseLongIntervals);
        await using var other = await AppService.StartAsync(redis.ConnectionString, settings: UseLongIntervals);
        var key = await service.AddAcmeAsync();
        (await other.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look-apps")).EndsWith('2'), "both instances are subscribed");

        await service.Apps.RevokeAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await other.StatusAsync(key.Key) == HttpStatusCode.Unauthorized, "the other instance has received the revocation");
    }

    [Fact]
    public async Task Known_API_keys_are_accepted_and_unknown_ones_get_503_while_Redis_is_unavailable()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await AppService.StartAsync(redis.ConnectionString);
        await using var neverConnected = await AppService.StartAsync($"127.0.0.1:{FreePort.Next()},connectTimeout=500");
        var key = await service.AddAcmeAsync();
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await redis.KillAsync();

        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () =>
            {
                using var unknown = await service.GetAsync("/counted", ("X-Api-Key", Rewt.Internal.ApiKeyFormat.Create("missing")));
                return unknown.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "an unknown key gets 503");
        using var response = await neverConnected.GetAsync("/counted", ("X-Api-Key", key.Key));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        using var tokenResponse = await TokenRequests.PostAsync(neverConnected, TokenRequests.Basic("acme", key.Key), ("grant_type", "client_credentials"));
        tokenResponse.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        tokenResponse.Headers.RetryAfter.ShouldNotBeNull();
        (await neverConnected.StatusAsync("x")).ShouldBe(HttpStatusCode.Unauthorized);
        neverConnected.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_with_a_known_API_key_sends_no_Redis_command()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: UseLongIntervals);
        var key = await service.AddAcmeAsync();
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);

        // The reads at startup may still follow, so that the first attempts may count commands.
        await Eventually.TrueAsync(
            async () =>
            {
                await redis.CommandAsync("CONFIG", "RESETSTAT");
                for (var call = 0; call < 200; call++) (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
                return !(await redis.CommandCountsAsync()).Keys.Any(name => name is "hget" or "hgetall" or "hlen" or "hset" or "hmset" or "eval" or "evalsha");
            },
            "200 calls send no command");
    }

    [Fact]
    public async Task A_stopping_service_writes_the_last_uses_of_API_keys()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var observer = await AppService.StartAsync(redis.ConnectionString);
        var key = await observer.AddAcmeAsync();
        await using (var service = await AppService.StartAsync(redis.ConnectionString))
        {
            (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
            foreach (var hosted in service.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>()) await hosted.StopAsync(Cancellation);
        }

        var used = (await observer.Apps.ListAsync(Cancellation)).Single().Keys.Single().LastUsedAt;
        used.ShouldNotBeNull();
        used.Value.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task An_error_of_a_change_of_an_app_names_the_solution()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await AppService.StartAsync(redis.ConnectionString);
        await service.AddAcmeAsync();
        await redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);

        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Apps.RevokeAsync("acme", Cancellation)))
            .Message.ShouldBe("The app 'acme' of 'rewt' was not changed: Redis accepts no writes, because too few replicas are connected (min-replicas-to-write). Repair the replicas.");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",$EVAL=,$EVALSHA=")]
    public async Task A_change_of_an_app_has_the_time_limit_of_an_operators_command_with_and_without_scripts(string disabledCommands)
    {
        var time = new TestClock();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var services = new ServiceCollection().BuildServiceProvider();
        // The client library itself waits for an hour.
        var options = new RewtOptions { Redis = proxy.ConnectionString + ",asyncTimeout=3600000" + disabledCommands };
        await using var store = new RedisAppStore(new RedisConnection(services, options, time), options, time);
        var app = new AppEntry("acme", "", "", ["orders"], [], []);
        (await store.TryWriteAsync(default, app, Cancellation)).ShouldBeTrue();
        await store.ReadAsync(null, Cancellation);
        var stored = await store.FindAsync("acme", Cancellation);
        proxy.Hold();
        var began = time.GetTimestamp();

        var write = store.TryWriteAsync(stored, app with { Name = "Acme" }, Cancellation);
        await time.AdvanceUntilAsync(() => write.IsCompleted, within: TimeLimit.Operator, time.Advance);

        await Should.ThrowAsync<TimeoutException>(() => write);
        time.GetElapsedTime(began).ShouldBeGreaterThanOrEqualTo(TimeLimit.Operator);
        proxy.Release();
    }

    [Fact]
    public async Task The_documented_ACL_permits_all_operations_on_trusted_apps()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync(await Acl.DocumentedAsync());

        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        var first = await service.AddAcmeAsync();
        var second = await service.Apps.RotateAsync("acme", cancellationToken: Cancellation);
        (await service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.OK);
        (await service.StatusAsync(second.Key)).ShouldBe(HttpStatusCode.OK);
        await service.Services.GetRequiredService<Rewt.Internal.AppUseLog>().FlushAsync(Cancellation);
        (await service.Apps.ListAsync(Cancellation)).Single().Keys.ShouldAllBe(key => key.LastUsedAt != null);
        await service.Apps.RevokeKeyAsync("acme", first.KeyId, Cancellation);
        (await service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.Unauthorized);

        (await operations.DenialsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret, "verifier")]
    [InlineData(KeyMode.KeyPair, "verifier")]
    [InlineData(KeyMode.KeyPair, "signer")]
    public async Task The_printed_ACL_of_a_receiver_permits_checking_API_keys_but_not_changing_apps(KeyMode mode, string role)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync(["ACL", "SETUSER", "desk", "on", ">password", .. Rules("operator")]);
        await operations.RestrictAsync([.. Rules(role)]);
        var key = (await ManageAsync("add acme --audience orders")).Output.Trim();

        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: options => (options.KeyMode, options.RefreshInterval) = (mode, TimeSpan.FromMilliseconds(500)));
        (await service.StatusAsync(key)).ShouldBe(HttpStatusCode.OK);
        await service.Services.GetRequiredService<AppUseLog>().FlushAsync(Cancellation);
        (await ManageAsync("list -o json")).Json.GetProperty("apps")[0].GetProperty("keys")[0].GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.String);
        service.Services.GetRequiredService<TrustedAppProvider>().Health().ShouldBe(new RingHealth(true, null));
        await ManageAsync("revoke acme --yes");
        await Eventually.TrueAsync(async () => await service.StatusAsync(key) == HttpStatusCode.Unauthorized, "the revocation has reached the service");
        // The service also sends commands for the doctor, which a login may refuse.
        (await operations.DenialsAsync()).ShouldAllBe(denial => !denial.Contains("app", StringComparison.Ordinal) && !denial.Contains("object hget", StringComparison.Ordinal) && !denial.Contains("object hset", StringComparison.Ordinal));

        await using var attacker = await redis.ConnectAsync();
        foreach (var command in new string[][] { ["HSET", "{rewt:rewt-secret}:apps", "acme", "x"], ["HDEL", "{rewt:rewt-secret}:apps", "acme"], ["DEL", "{rewt:rewt-secret}:apps"] })
        {
            (await Should.ThrowAsync<RespException>(() => attacker.CommandAsync([.. command]), command[0])).Message.ShouldContain("NOPERM");
        }

        IReadOnlyList<string> Rules(string of) => mode == KeyMode.KeyPair ? RedisRights.OfPairs(of, new("rewt", "orders")) : RedisRights.Of(of, "rewt");

        async Task<ToolRun> ManageAsync(string command) =>
            (await ToolRun.RunAsync(["apps", .. command.Split(' '), "--redis", redis.ConnectionString + ",user=desk,password=password"])).Succeeds();
    }

    [Fact]
    public async Task The_apps_are_listed_with_their_last_uses_although_Redis_contains_the_uses_of_many_other_keys()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await AppService.StartAsync(redis.ConnectionString);
        var key = await service.AddAcmeAsync();
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await service.Services.GetRequiredService<Rewt.Internal.AppUseLog>().FlushAsync(Cancellation);
        await using (var connection = await redis.ConnectAsync())
        {
            foreach (var numbers in Enumerable.Range(0, 20_001).Chunk(1_000)) await connection.CommandAsync(["HSET", "{rewt:rewt-secret}:app-uses", .. numbers.SelectMany(number => new object[] { $"other-{number}", 1 })]);
        }

        (await service.Apps.ListAsync(Cancellation)).Single().Keys.Single().LastUsedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Concurrent_changes_of_one_app_do_not_overwrite_each_other()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await AppService.StartAsync(redis.ConnectionString);
        await using var two = await AppService.StartAsync(redis.ConnectionString);
        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => TryAsync(() => (number % 2 == 0 ? one : two).AddAcmeAsync())));
        added.Count(key => key is not null).ShouldBe(1);
        var rotated = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => TryAsync(() => (number % 2 == 0 ? one : two).Apps.RotateAsync("acme", cancellationToken: Cancellation))));
        rotated.Count(key => key is not null).ShouldBe(1);

        (await one.Apps.ListAsync(Cancellation)).Single().Keys.Count.ShouldBe(2);

        static async Task<RewtNewApiKey?> TryAsync(Func<Task<RewtNewApiKey>> make)
        {
            try
            {
                return await make();
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    private static void UseLongIntervals(RewtOptions options)
    {
        options.RotationInterval = TimeSpan.FromDays(10);
        options.RefreshInterval = TimeSpan.FromMinutes(10);
    }
}
