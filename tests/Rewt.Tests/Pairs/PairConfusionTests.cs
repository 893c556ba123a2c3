namespace Rewt.Tests.Pairs;

/// <summary>Tests that only the holder of a private key can sign as its service, whatever the token, the key id or the rings of other services state.</summary>
public sealed class PairConfusionTests : IAsyncLifetime
{
    private readonly PublishedPair _orders = PublishedPair.Generate();
    private readonly PublishedPair _billing = PublishedPair.Generate();
    private RedisServer _redis = null!;
    private Instance _inventory = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        await _orders.PublishAsync(_redis, "orders");
        await _billing.PublishAsync(_redis, "billing");
        _inventory = Instance.Start(_redis.ConnectionString, Pairs);
        await AcceptedAsync(_orders.Bearer("orders"));
        await AcceptedAsync(_billing.Bearer("billing"));
    }

    public async ValueTask DisposeAsync()
    {
        await _inventory.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_key_of_one_service_cannot_sign_as_another_service()
    {
        (await RefusalAsync(_billing.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(_billing.Bearer("inventory"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(_billing.Bearer("missing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(HandmadeToken.Sign(_billing.Pair, new() { ["iss"] = null }))).ShouldNotBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_login_that_may_write_the_keys_of_another_service_can_sign_as_that_service()
    {
        // Only the Redis ACL separates services: a published key is signed with itself and with nothing else.
        var forged = PublishedPair.Generate();
        await forged.PublishAsync(_redis, "orders");

        await AcceptedAsync(forged.Bearer("orders"));
    }

    [Fact]
    public async Task A_token_with_the_key_id_of_another_key_is_refused()
    {
        (await RefusalAsync(Sign(new ImpersonatingKey(_billing.Pair, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(Sign(new ImpersonatingKey(_billing.Pair, _orders.KeyId), "billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new ImpersonatingKey(KeyPair.Generate("RS256"), _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
    }

    [Fact]
    public async Task A_key_copied_into_another_ring_is_valid_only_for_its_owner()
    {
        // The public key and the owner's proof are readable by every service.
        await _orders.PublishAsync(_redis, "billing", _orders.Entry("orders"));
        await RefusedEntryAsync(_orders.KeyId);

        (await RefusalAsync(_orders.Bearer("billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new ImpersonatingKey(_billing.Pair, _orders.KeyId), "billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new ImpersonatingKey(_billing.Pair, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);
        (await RefusalAsync(_billing.Bearer("billing"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_key_with_the_key_id_of_another_is_refused_and_the_other_stays_valid()
    {
        var otherKey = KeyPair.Generate("ES256");
        var duplicate = new KeyPair(System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256), "ES256", KeyId.Parse(_orders.KeyId));
        await PublishedPair.PublishAsync(_redis, "billing", _orders.KeyId, new PublishedPair(duplicate).Entry("billing"));
        await RefusedEntryAsync(_orders.KeyId);

        (await RefusalAsync(HandmadeToken.Sign(duplicate, new() { ["iss"] = "billing" }))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(HandmadeToken.Sign(duplicate, new() { ["iss"] = "orders" }))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(Sign(new ImpersonatingKey(otherKey, _billing.KeyId), "billing"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task The_key_and_not_the_token_determines_the_algorithm()
    {
        var publicKey = Encoding.UTF8.GetBytes(_orders.Pair.Public.ToJwk());
        var hmac = new RingKey(Secret.TryParse(publicKey, out _)!);
        (await RefusalAsync(Sign(new ImpersonatingKey(hmac, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        foreach (var algorithm in new[] { "none", "HS256", "ES384", "RS256", "PS256", "ES512", "es256" })
        {
            (await RefusalAsync(Sign(new ImpersonatingKey(_orders.Pair, _orders.KeyId, algorithm), "orders"))).ShouldBe(RewtRefusal.Invalid, algorithm);
        }

        var rsa = PublishedPair.Generate("RS256");
        await rsa.PublishAsync(_redis, "orders");
        await AcceptedAsync(rsa.Bearer("orders"));
        (await RefusalAsync(Sign(new ImpersonatingKey(rsa.Pair, rsa.KeyId, "PS256"), "orders"))).ShouldBe(RewtRefusal.Invalid);
    }

    [Fact]
    public async Task A_revocation_by_one_service_of_the_keys_of_another_is_ignored()
    {
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", _orders.KeyId);
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", _billing.KeyId);
        await _redis.CommandAsync("PUBLISH", "{rewt:rewt-keys}:look", "look");

        await Eventually.TrueAsync(async () => await RefusalAsync(_billing.Bearer("billing")) == RewtRefusal.StaleKey, "billing's own key is revoked");
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);

        // The same holds for a key that this instance has not read yet.
        var shipping = PublishedPair.Generate();
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", shipping.KeyId);
        await Eventually.TrueAsync(() => _inventory.Provider.Known!.Revoked.ContainsKey(KeyId.Parse(shipping.KeyId)), "the revocation by billing has been read");
        await shipping.PublishAsync(_redis, "shipping");
        (await RefusalAsync(shipping.Bearer("shipping"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task An_issuer_outside_TrustedIssuers_is_refused_and_its_ring_is_not_read()
    {
        await using var strict = Instance.Start(_redis.ConnectionString, options =>
        {
            Pairs(options);
            options.TrustedIssuers = ["orders"];
        });
        await Eventually.TrueAsync(async () => await RefusalAsync(strict, _orders.Bearer("orders")) == RewtRefusal.None, "tokens of orders are accepted");

        (await RefusalAsync(strict, _billing.Bearer("billing"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(strict, _billing.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        strict.Provider.Known.ShouldBeOfType<PairSnapshot>().Issuers.Keys.Order(StringComparer.Ordinal).ShouldBe(["inventory", "orders"]);
    }

    [Fact]
    public async Task A_token_of_an_issuer_outside_TrustedIssuers_causes_no_Redis_command()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await _orders.PublishAsync(redis, "orders");
        await _billing.PublishAsync(redis, "billing");
        await using var strict = Instance.Start(redis.ConnectionString, options =>
        {
            Pairs(options);
            (options.RotationInterval, options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(1));
            options.TrustedIssuers = ["orders"];
        });
        await Eventually.TrueAsync(async () => await RefusalAsync(strict, _orders.Bearer("orders")) == RewtRefusal.None, "tokens of orders are accepted");
        await redis.WaitUntilQuietAsync("subscribe");
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        // The second key of each issuer is unknown to every instance.
        foreach (var issuer in new[] { "billing", "missing" })
        {
            (await RefusalAsync(strict, _billing.Bearer(issuer))).ShouldBe(RewtRefusal.Invalid);
            (await RefusalAsync(strict, PublishedPair.Generate().Bearer(issuer))).ShouldBe(RewtRefusal.Invalid);
        }

        (await CommandsAsync()).ShouldBeEmpty();
        (await RefusalAsync(strict, PublishedPair.Generate().Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        (await CommandsAsync()).ShouldContain("exec", "an unknown key of a trusted issuer is read");

        // The other commands come from the client library and from this test.
        async Task<IReadOnlyCollection<string>> CommandsAsync() =>
            [.. (await redis.CommandCountsAsync()).Keys.Where(command => command is not ("info" or "ping" or "config|resetstat" or "config|get"))];
    }

    [Fact]
    public async Task A_key_pair_token_for_the_whole_namespace_is_refused()
    {
        (await RefusalAsync(_orders.Bearer("orders", "rewt"))).ShouldBe(RewtRefusal.BadAudience);
        await Should.ThrowAsync<ArgumentException>(() => _inventory.Tokens.CreateBearerAsync(cancellationToken: Cancellation));
    }

    private static string Sign(SigningKey key, string issuer) => HandmadeToken.Sign(key, new() { ["iss"] = issuer });

    private static void Pairs(RewtOptions options) =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, "inventory", TimeSpan.FromMilliseconds(300));

    private static async Task<RewtRefusal> RefusalAsync(Instance instance, string token) =>
        (await instance.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal;

    private Task<RewtRefusal> RefusalAsync(string token) => RefusalAsync(_inventory, token);

    private Task AcceptedAsync(string token) => Eventually.TrueAsync(async () => await RefusalAsync(token) == RewtRefusal.None, "the token is accepted");

    private Task RefusedEntryAsync(string name) => Eventually.TrueAsync(
        () => _inventory.Provider.Known is PairSnapshot known && known.Issuers["billing"].Refused.Any(entry => entry.Entry == name), "the entry is refused");
}
