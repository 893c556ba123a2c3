namespace Rewt.Tests.Pairs;

/// <summary>Who signed is who holds the key: a token's word for it, a key's name and a ring that says otherwise count for nothing.</summary>
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
    public async Task The_key_of_one_service_does_not_sign_as_another()
    {
        (await RefusalAsync(_billing.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(_billing.Bearer("inventory"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(_billing.Bearer("missing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(HandmadeToken.Sign(_billing.Pair, new() { ["iss"] = null }))).ShouldNotBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_login_that_may_write_the_keys_of_another_service_can_sign_as_that_service()
    {
        // Redis access rules separate services, not the published keys: a key is signed by itself only.
        var forged = PublishedPair.Generate();
        await forged.PublishAsync(_redis, "orders");

        await AcceptedAsync(forged.Bearer("orders"));
    }

    [Fact]
    public async Task The_name_of_a_key_is_not_its_signature()
    {
        (await RefusalAsync(Sign(new BorrowedName(_billing.Pair, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(Sign(new BorrowedName(_billing.Pair, _orders.KeyId), "billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new BorrowedName(KeyPair.Generate("RS256"), _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
    }

    [Fact]
    public async Task A_key_that_another_service_shows_as_its_own_verifies_nothing_of_that_service_and_goes_on_for_its_owner()
    {
        // The thief has the public key and the owner's proof, as everybody does.
        await _orders.PublishAsync(_redis, "billing", _orders.Entry("orders"));
        await RefusedEntryAsync(_orders.KeyId);

        (await RefusalAsync(_orders.Bearer("billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new BorrowedName(_billing.Pair, _orders.KeyId), "billing"))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(Sign(new BorrowedName(_billing.Pair, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);
        (await RefusalAsync(_billing.Bearer("billing"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_key_under_the_key_id_of_another_is_refused_and_that_other_goes_on()
    {
        var thief = KeyPair.Generate("ES256");
        var named = new KeyPair(System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256), "ES256", _orders.KeyId);
        await PublishedPair.PublishAsync(_redis, "billing", _orders.KeyId, new PublishedPair(named).Entry("billing"));
        await RefusedEntryAsync(_orders.KeyId);

        (await RefusalAsync(HandmadeToken.Sign(named, new() { ["iss"] = "billing" }))).ShouldBe(RewtRefusal.StaleKey);
        (await RefusalAsync(HandmadeToken.Sign(named, new() { ["iss"] = "orders" }))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(Sign(new BorrowedName(thief, _billing.KeyId), "billing"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task The_key_decides_about_the_algorithm_and_not_the_token()
    {
        var modulus = Encoding.UTF8.GetBytes(_orders.Pair.Public.ToJwk());
        var hmac = new RingKey(Secret.TryParse(modulus, out _)!);
        (await RefusalAsync(Sign(new BorrowedName(hmac, _orders.KeyId), "orders"))).ShouldBe(RewtRefusal.Invalid);
        foreach (var algorithm in new[] { "none", "HS256", "ES384", "RS256", "PS256", "ES512", "es256" })
        {
            (await RefusalAsync(Sign(new BorrowedName(_orders.Pair, _orders.KeyId, algorithm), "orders"))).ShouldBe(RewtRefusal.Invalid, algorithm);
        }

        var rsa = PublishedPair.Generate("RS256");
        await rsa.PublishAsync(_redis, "orders");
        await AcceptedAsync(rsa.Bearer("orders"));
        (await RefusalAsync(Sign(new BorrowedName(rsa.Pair, rsa.KeyId, "PS256"), "orders"))).ShouldBe(RewtRefusal.Invalid);
    }

    [Fact]
    public async Task A_statement_of_a_service_about_the_keys_of_another_is_ignored()
    {
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", _orders.KeyId);
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", _billing.KeyId);
        await _redis.CommandAsync("PUBLISH", "{rewt:rewt-keys}:look", "look");

        await Eventually.TrueAsync(async () => await RefusalAsync(_billing.Bearer("billing")) == RewtRefusal.StaleKey, "billing's own key is dead");
        (await RefusalAsync(_orders.Bearer("orders"))).ShouldBe(RewtRefusal.None);

        // Nor about one that this instance has not met yet.
        var shipping = PublishedPair.Generate();
        await _redis.CommandAsync("ZADD", "{rewt:rewt-keys}:billing:dead", "9999999999999", shipping.KeyId);
        await Eventually.TrueAsync(() => _inventory.Provider.Known!.Revoked.ContainsKey(shipping.KeyId), "billing's word is heard");
        await shipping.PublishAsync(_redis, "shipping");
        (await RefusalAsync(shipping.Bearer("shipping"))).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task With_trusted_issuers_no_other_service_may_call_and_none_of_the_others_costs_a_read()
    {
        await using var strict = Instance.Start(_redis.ConnectionString, options =>
        {
            Pairs(options);
            options.TrustedIssuers = ["orders"];
        });
        await Eventually.TrueAsync(async () => await RefusalAsync(strict, _orders.Bearer("orders")) == RewtRefusal.None, "orders may call");

        (await RefusalAsync(strict, _billing.Bearer("billing"))).ShouldBe(RewtRefusal.Invalid);
        (await RefusalAsync(strict, _billing.Bearer("orders"))).ShouldBe(RewtRefusal.StaleKey);
        strict.Provider.Known.ShouldBeOfType<PairSnapshot>().Issuers.Keys.Order(StringComparer.Ordinal).ShouldBe(["inventory", "orders"]);
    }

    [Fact]
    public async Task A_token_for_the_whole_namespace_is_refused()
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
