namespace Rewt.Tests.Pairs;

/// <summary>The documented rules of each role on a real server. The client library at hand knows no user names, so they are the default user's, one role after the other.</summary>
public sealed class PairAclTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_service_with_its_rules_signs_rotates_revokes_its_own_keys_and_verifies_those_of_others()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using var billing = await Instance.StartWarmAsync(redis.ConnectionString, Named("billing"));
        var (token, keyId) = (await billing.SignAsync(), await billing.CurrentAsync());
        await billing.DisposeAsync();
        await RestrictAsync(operations, "service");

        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        (await orders.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        var first = await orders.CurrentAsync();
        await orders.Ring.RotateAsync(Cancellation);
        (await orders.Ring.RevokeAndWaitAsync(first, Limit, Cancellation)).Unconfirmed.ShouldBeEmpty();
        (await orders.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        await QuietAsync(operations, orders);

        var refused = await Should.ThrowAsync<RewtKeysUnavailableException>(() => orders.Ring.RevokeAsync(keyId, Cancellation));
        refused.Message.ShouldContain("operator");
        (await orders.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_services_login_cannot_write_into_the_ring_of_another_nor_revoke_its_keys()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await RestrictAsync(operations, "service");
        await using var thief = await redis.ConnectAsync();

        await thief.CommandAsync("HSET", "{rewt:rewt-keys}:orders:keys", "x", "y");
        await thief.CommandAsync("HDEL", "{rewt:rewt-keys}:orders:keys", "x");
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
        await DeniedAsync(thief, commands);

        await using var billing = Instance.Start(redis.ConnectionString, Named("billing"));
        await Should.ThrowAsync<RewtKeysUnavailableException>(billing.SignAsync);
        billing.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("NOPERM");
    }

    [Fact]
    public async Task A_service_that_only_verifies_does_so_with_rules_that_let_it_write_nothing()
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
                "it hears of changes");
            (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
            inventory.Provider.Health().ShouldBe(new Rewt.Internal.RingHealth(true, null));
            await QuietAsync(operations, inventory);
        }

        await using var thief = await redis.ConnectAsync();
        string[][] commands =
        [
            ["HSET", "{rewt:rewt-keys}:inventory:keys", "x", "y"],
            ["ZADD", "{rewt:rewt-keys}:instances", "1", "x"],
            ["SET", "{rewt:rewt-keys}:inventory:epoch", "x"],
            ["PUBLISH", "{rewt:rewt-keys}:look", "x"],
            ["DEL", "{rewt:rewt-keys}:orders:keys"],
            ["EVAL", "return 1", "0"],
        ];
        await DeniedAsync(thief, commands);

        // It can say so itself: who wants to sign with this login is told what is missing.
        await using var signer = Instance.Start(redis.ConnectionString, Named("inventory"));
        await Should.ThrowAsync<RewtKeysUnavailableException>(signer.SignAsync);
        signer.Log.Text.ShouldContain("rewt acl --role signer --key-pairs");
        (await signer.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task An_operator_with_its_rules_revokes_the_keys_of_every_service()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);
        // A user of its own: a service that is refused a write attempts none for a minute.
        await operations.CommandAsync(["ACL", "SETUSER", "operator", "on", ">password", .. await RulesAsync("operator")]);

        await using (var desk = Instance.Start($"{redis.ConnectionString},user=operator,password=password", Named("desk"))) await desk.Ring.RevokeAsync(keyId, Cancellation);
        (await operations.DenialsAsync()).ShouldBeEmpty();

        await Eventually.TrueAsync(async () => await inventory.VerifyAsync(token) == RewtRefusal.StaleKey, "the key is dead");
        await Eventually.TrueAsync(async () => await orders.CurrentAsync() != keyId, "its owner signs with another");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    private static Action<RewtOptions> Named(string service) => options =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMilliseconds(400));

    /// <summary>From here on everybody who connects has the rules of a role as the page gives them; this connection keeps its rights to judge.</summary>
    private static async Task RestrictAsync(RespClient operations, string role)
    {
        await operations.RestrictAsync(["+pubsub", .. await RulesAsync(role)]);
    }

    /// <summary>The rules that docs/key-pairs.md gives a role.</summary>
    private static async Task<string[]> RulesAsync(string role)
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "key-pairs.md"), Cancellation);
        return page[Array.IndexOf(page, $"<!-- acl: {role} -->") + 2].Split(' ');
    }

    private static async Task QuietAsync(RespClient operations, Instance instance)
    {
        (await operations.DenialsAsync()).ShouldBeEmpty();
        instance.Log.Text.Split('\n').ShouldNotContain(line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task DeniedAsync(RespClient login, string[][] commands)
    {
        foreach (var command in commands)
        {
            (await Should.ThrowAsync<RespException>(() => login.CommandAsync([.. command]), string.Join(' ', command))).Message.ShouldContain("NOPERM");
        }
    }
}
