using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Tests.Pairs;

/// <summary>Tests the printed ACL rules of each role on a real Redis server. The default user gets the rules of the role under test.</summary>
public sealed class PairAclTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_service_ACL_allows_signing_rotating_verifying_and_revoking_own_keys()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using var billing = await Instance.StartWarmAsync(redis.ConnectionString, Named("billing"));
        var (token, keyId) = (await billing.SignAsync(), await billing.CurrentAsync());
        await billing.DisposeAsync();
        await RestrictAsync(operations, "signer");

        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await orders.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        var first = await orders.CurrentAsync();
        await orders.Ring.RotateAsync(Cancellation);
        (await orders.Ring.RevokeAndWaitAsync(first, Limit, Cancellation)).Unconfirmed.ShouldBeEmpty();
        (await orders.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        await ShouldHaveNoDenialsAsync(operations, orders);

        var refused = await Should.ThrowAsync<RewtKeysUnavailableException>(() => orders.Ring.RevokeAsync(keyId, Cancellation));
        refused.Message.ShouldContain("operator");
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task The_service_ACL_does_not_allow_writing_or_revoking_keys_of_other_services()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await RestrictAsync(operations, "signer");
        await using var attacker = await redis.ConnectAsync();

        await attacker.CommandAsync("HSET", "{rewt:rewt-keys}:orders:keys", "x", "y");
        await attacker.CommandAsync("HDEL", "{rewt:rewt-keys}:orders:keys", "x");
        string[][] commands =
        [
            ["HSET", "{rewt:rewt-keys}:billing:keys", "x", "y"],
            ["HDEL", "{rewt:rewt-keys}:billing:keys", "x"],
            ["SET", "{rewt:rewt-keys}:billing:epoch", "x"],
            ["PEXPIREAT", "{rewt:rewt-keys}:billing:keys", "1"],
            ["ZADD", "{rewt:rewt-keys}:billing:dead", "1", "x"],
            ["ZADD", "{rewt:rewt-keys}:dead", "1", "x"],
            ["HSET", "{other:rewt-keys}:orders:keys", "x", "y"],
            ["SET", "rewt:rewt-secret", "x"],
            ["GET", "rewt:rewt-secret"],
            ["DEL", "{rewt:rewt-keys}:orders:keys"],
            ["FLUSHALL"],
        ];
        await ShouldBeDeniedAsync(attacker, commands);

        await using var billing = Instance.Start(redis.ConnectionString, Named("billing"));
        await Should.ThrowAsync<RewtKeysUnavailableException>(billing.SignAsync);
        billing.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("NOPERM");
    }

    [Fact]
    public async Task The_verifier_ACL_allows_verifying_but_not_writing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        var token = await orders.SignAsync();
        await orders.DisposeAsync();
        await RestrictAsync(operations, "verifier");

        await using (var inventory = Instance.Start(redis.ConnectionString, Named("inventory")))
        {
            (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
            await Eventually.TrueAsync(
                async () => (await redis.CliAsync("PING")) == "PONG" && (long)((object?[])(await operations.CommandAsync("PUBSUB", "NUMSUB", "{rewt:rewt-keys}:look"))!)[1]! == 1,
                "the verifier has subscribed to changes");
            (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
            inventory.Provider.Health().ShouldBe(new Rewt.Internal.RingHealth(true, null));
            await ShouldHaveNoDenialsAsync(operations, inventory);
        }

        await using var attacker = await redis.ConnectAsync();
        string[][] commands =
        [
            ["HSET", "{rewt:rewt-keys}:inventory:keys", "x", "y"],
            ["ZADD", "{rewt:rewt-keys}:instances", "1", "x"],
            ["SET", "{rewt:rewt-keys}:inventory:epoch", "x"],
            ["PUBLISH", "{rewt:rewt-keys}:look", "x"],
            ["DEL", "{rewt:rewt-keys}:orders:keys"],
            ["EVAL", "return 1", "0"],
        ];
        await ShouldBeDeniedAsync(attacker, commands);

        // A service that tries to sign with this login logs how to get the missing permissions.
        await using var signer = Instance.Start(redis.ConnectionString, Named("inventory"));
        await Should.ThrowAsync<RewtKeysUnavailableException>(signer.SignAsync);
        signer.Log.Text.ShouldContain("rewt acl --key-pairs --role signer --service inventory --namespace rewt");
        (await signer.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    [Theory]
    [InlineData(true, HealthStatus.Unhealthy)]
    [InlineData(false, HealthStatus.Degraded)]
    public async Task A_service_that_may_not_publish_keys_is_unhealthy_only_if_it_signs_requests(bool signs, HealthStatus expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await RestrictAsync(operations, "verifier");
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: Named("inventory"),
            configure: builder =>
            {
                builder.Services.AddHealthChecks().AddRewtCheck();
                if (signs) builder.Services.AddHttpClient("orders", client => client.BaseAddress = new Uri("https://orders.example")).AddRewtSigning("orders");
            });

        // Getting the keys also requests a key of this instance.
        await service.Ring.GetAsync(Cancellation);

        var entry = (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries.ShouldHaveSingleItem().Value;
        entry.Status.ShouldBe(expected, entry.Description);
        entry.Description.ShouldNotBeNull().ShouldContain("NOPERM");
    }

    private static Action<RewtOptions> Named(string service) => options =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMilliseconds(400));

    /// <summary>Restricts new connections to the printed rules of a role. The given connection keeps its permissions.</summary>
    private static Task RestrictAsync(RespClient operations, string role) => operations.RestrictAsync(["+pubsub", .. RedisRights.OfPairs(role, new("rewt", "orders"))]);

    private static async Task ShouldHaveNoDenialsAsync(RespClient operations, Instance instance)
    {
        (await operations.DenialsAsync()).ShouldBeEmpty();
        instance.Log.Text.Split('\n').ShouldNotContain(line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task ShouldBeDeniedAsync(RespClient login, string[][] commands)
    {
        foreach (var command in commands)
        {
            (await Should.ThrowAsync<RespException>(() => login.CommandAsync([.. command]), string.Join(' ', command))).Message.ShouldContain("NOPERM");
        }
    }
}
