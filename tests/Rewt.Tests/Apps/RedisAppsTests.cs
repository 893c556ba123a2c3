namespace Rewt.Tests.Apps;

/// <summary>Services that share their apps through a real Redis.</summary>
public sealed class RedisAppsTests
{
    [Fact]
    public async Task A_revocation_reaches_other_instances_by_push()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        // Longer than the test waits: a poll cannot have done it.
        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: Slow);
        await using var other = await AppService.StartAsync(redis.ConnectionString, settings: Slow);
        var key = await service.AddAcmeAsync();
        (await other.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look-apps")).EndsWith('2'), "both are subscribed");

        await service.Apps.RevokeAsync("acme", Cancellation);

        await Eventually.TrueAsync(async () => await other.StatusAsync(key.Key) == HttpStatusCode.Unauthorized, "the other instance has heard of it");
    }

    [Fact]
    public async Task Without_Redis_known_keys_go_on_and_unknown_ones_are_503_and_never_401()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await AppService.StartAsync(redis.ConnectionString);
        await using var cold = await AppService.StartAsync($"127.0.0.1:{FreePort.Next()},connectTimeout=500");
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
            "what only Redis can tell is an outage");
        using var response = await cold.GetAsync("/counted", ("X-Api-Key", key.Key));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        using var traded = await TokenRequests.PostAsync(cold, TokenRequests.Basic("acme", key.Key), ("grant_type", "client_credentials"));
        traded.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        traded.Headers.RetryAfter.ShouldNotBeNull();
        (await cold.StatusAsync("x")).ShouldBe(HttpStatusCode.Unauthorized);
        cold.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task In_steady_state_a_key_sends_Redis_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: Slow);
        var key = await service.AddAcmeAsync();
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var call = 0; call < 200; call++) (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);

        var counts = await redis.CommandCountsAsync();
        counts.Keys.Where(name => name is "hget" or "hgetall" or "hlen" or "hset" or "hmset" or "eval" or "evalsha").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_use_is_written_when_a_service_ends_at_the_latest()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var watcher = await AppService.StartAsync(redis.ConnectionString);
        var key = await watcher.AddAcmeAsync();
        await using (var service = await AppService.StartAsync(redis.ConnectionString))
        {
            (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
            foreach (var hosted in service.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>()) await hosted.StopAsync(Cancellation);
        }

        var used = (await watcher.Apps.ListAsync(Cancellation)).Single().Keys.Single().LastUsedAt;
        used.ShouldNotBeNull();
        used.Value.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_documented_rights_are_enough_for_apps()
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

    [Fact]
    public async Task Concurrent_changes_of_one_app_lose_nothing()
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

    private static void Slow(RewtOptions options)
    {
        options.RotationInterval = TimeSpan.FromDays(10);
        options.RefreshInterval = TimeSpan.FromMinutes(10);
    }
}
