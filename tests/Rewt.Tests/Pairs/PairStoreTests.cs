namespace Rewt.Tests.Pairs;

/// <summary>Tests key pairs in Redis: the stored content, deleted and invalid entries, and the cost of a read.</summary>
public sealed class PairStoreTests
{
    [Fact]
    public async Task A_manually_deleted_key_is_revoked_and_its_owner_signs_with_another_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));
        var (token, keyId) = (await orders.SignAsync(), await orders.CurrentAsync());
        (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        // A renewal that has read the entry before the deletion writes it again.
        await Eventually.TrueAsync(
            async () =>
            {
                if (await orders.CurrentAsync() != keyId) return true;
                await redis.CommandAsync("HDEL", "{rewt:rewt-keys}:orders:keys", keyId);
                return false;
            },
            "the owner has another key");
        await Eventually.TrueAsync(async () => await inventory.VerifyAsync(token) == RewtRefusal.StaleKey, "the token is refused");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await redis.CliAsync("HEXISTS", "{rewt:rewt-keys}:orders:keys", keyId)).ShouldBe("0");
        (await redis.CliAsync("ZSCORE", "{rewt:rewt-keys}:orders:dead", keyId)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Manually_deleting_all_keys_of_a_service_revokes_them_and_creates_new_ones()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var second = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));
        string[] tokens = [await first.SignAsync(), await second.SignAsync()];
        HashSet<string> keyIds = [await first.CurrentAsync(), await second.CurrentAsync()];
        foreach (var token in tokens) (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.None);

        // A renewal that has read the entries before the deletion writes them again.
        await Eventually.TrueAsync(
            async () =>
            {
                if (!keyIds.Contains(await first.CurrentAsync()) && !keyIds.Contains(await second.CurrentAsync())) return true;
                await redis.DelAsync("{rewt:rewt-keys}:orders:keys");
                return false;
            },
            "both instances have new keys");

        await Eventually.TrueAsync(
            async () => await inventory.VerifyAsync(await first.SignAsync()) == RewtRefusal.None && await inventory.VerifyAsync(await second.SignAsync()) == RewtRefusal.None,
            "both instances sign with new keys");
        foreach (var token in tokens) await Eventually.TrueAsync(async () => await inventory.VerifyAsync(token) == RewtRefusal.StaleKey, "the old keys are revoked");
    }

    [Fact]
    public async Task An_invalid_public_key_is_reported_and_affects_no_other_key()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        var good = PublishedPair.Generate();
        var text = Encoding.UTF8.GetString(good.Entry("orders"));
        using var small = RSA.Create(1024);
        var modulus = System.Buffers.Text.Base64Url.EncodeToString(small.ExportParameters(false).Modulus);
        (string Name, string Entry, string Reason)[] rows =
        [
            ("no-json", "not json", "not valid JSON"),
            ("oct", """{"kty":"oct","kid":"oct","k":"c2VjcmV0"}""", "oct"),
            ("private", """{"kty":"EC","kid":"private","crv":"P-256","x":"AA","y":"AA","d":"AA"}""", "private"),
            ("small", $$"""{"kty":"RSA","kid":"small","n":"{{modulus}}","e":"AQAB"}""", "1024 bits"),
            ("long", new string(' ', 17 * 1024), "16 KB"),
            ("other", text, "is not its kid"),
            ("bare", good.Pair.Public.ToJwk(), "proof"),
            (good.KeyId, Encoding.UTF8.GetString(good.Entry("billing")), "proof"),
        ];

        await redis.CommandAsync(["HSET", "{rewt:rewt-keys}:orders:keys", .. rows.SelectMany(row => new[] { row.Name, row.Entry })]);
        await Eventually.TrueAsync(() => inventory.Provider.Known is PairSnapshot known && known.Issuers["orders"].Refused.Count == rows.Length, "all are refused");

        foreach (var (name, _, reason) in rows)
        {
            inventory.Log.Text.Split('\n').ShouldContain(line => line.Contains(name) && line.Contains(reason, StringComparison.OrdinalIgnoreCase), $"{name}: {reason}");
        }

        inventory.Provider.Health().CanServe.ShouldBeTrue();
        inventory.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("public keys in Redis are refused");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await inventory.VerifyAsync(HandmadeToken.Sign(good.Pair, null, "rewt-data+jwt"))).ShouldBe(RewtRefusal.StaleKey);

        await redis.CommandAsync(["HDEL", "{rewt:rewt-keys}:orders:keys", .. rows.Select(row => row.Name)]);
        await Eventually.TrueAsync(() => inventory.Provider.Health().DegradedReason is null, "the provider is healthy again");
    }

    [Fact]
    public async Task A_ring_with_the_wrong_Redis_type_affects_only_its_service()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));
        await redis.SetAsync("{rewt:rewt-keys}:billing:epoch", "epoch");
        await redis.SetAsync("{rewt:rewt-keys}:billing:keys", "a string");

        var unavailable = await Should.ThrowAsync<RewtKeysUnavailableException>(() => inventory.VerifyAsync(HandmadeToken.Sign(KeyPair.Generate("ES256"), new() { ["iss"] = "billing" }, "rewt-data+jwt")));
        unavailable.Message.ShouldContain("The public keys of 'billing' cannot be read: one of its Redis keys has the wrong type; delete it with DEL.");
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        inventory.Provider.Health().DegradedReason.ShouldNotBeNull().ShouldContain("billing, the whole ring");
    }

    [Fact]
    public async Task An_epoch_of_the_wrong_Redis_type_is_replaced_by_the_owner()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("RPUSH", "{rewt:rewt-keys}:orders:epoch", "an element");
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Named("inventory"));

        await Eventually.TrueAsync(async () => await redis.CliAsync("TYPE", "{rewt:rewt-keys}:orders:epoch") == "string", "the epoch is written");
        await Eventually.TrueAsync(async () => await inventory.VerifyAsync(await orders.SignAsync()) == RewtRefusal.None, "the keys are found");
        (await redis.PttlAsync("{rewt:rewt-keys}:orders:epoch")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Forged_issuers_and_key_ids_cause_two_reads_a_second_and_delay_no_valid_token()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Slow("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Slow("inventory"));
        var good = await orders.SignAsync();
        (await inventory.VerifyAsync(good)).ShouldBe(RewtRefusal.None);
        var attacker = KeyPair.Generate("ES256");
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        var started = TimeProvider.System.GetTimestamp();
        var attempts = new List<Task>();
        for (var index = 0; index < 1500; index++)
        {
            var keyId = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            var issuer = index % 3 == 0 ? "orders" : $"missing-{index}";
            attempts.Add(VerifyForgedAsync(HandmadeToken.Sign(new ImpersonatingKey(attacker, keyId), new() { ["iss"] = issuer }, "rewt-data+jwt")));
            if (index % 50 > 0) continue;

            var verification = inventory.Data.VerifyAsync(good, Cancellation);
            verification.IsCompleted.ShouldBeTrue("a token of a known key is verified without waiting");
            (await verification).Refusal.ShouldBe(RewtRefusal.None);
        }

        await Task.WhenAll(attempts);
        // The time is read after the counts, so that a slow machine does not lower the limit.
        var counts = await redis.CommandCountsAsync();
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        counts["exec"].ShouldBeLessThanOrEqualTo((long)(2 * seconds) + 4);
        // A read fetches only the known rings, independent of the forged tokens: those of two services, and one command for all others.
        counts["mget"].ShouldBeLessThanOrEqualTo(counts["exec"]);
        counts["hgetall"].ShouldBeLessThanOrEqualTo(2 * counts["exec"]);
        counts.Values.Sum().ShouldBeLessThan(30 * counts["exec"]);
        inventory.Provider.Known.ShouldBeOfType<PairSnapshot>().Issuers.Count.ShouldBe(2);

        async Task VerifyForgedAsync(string token)
        {
            try
            {
                (await inventory.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
            }
            catch (RewtKeysUnavailableException)
            {
                // Too many requests are waiting; the caller is asked to retry, and the token is not refused.
            }
        }
    }

    [Fact]
    public async Task Signing_and_verifying_send_no_Redis_command_in_steady_state()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Slow("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, Slow("inventory"));
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        await Eventually.TrueAsync(async () => (await redis.CommandCountsAsync()).GetValueOrDefault("subscribe") >= 2, "both instances have subscribed");
        foreach (var instance in new[] { orders, inventory }) await instance.Provider.ReadNowAsync(Cancellation);
        await redis.WaitForStartupAsync(keyRings: 2);
        await redis.WaitUntilQuietAsync();
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        for (var index = 0; index < 300; index++) (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);

        (await CommandsAsync()).ShouldBeEmpty();

        async Task<IReadOnlyCollection<string>> CommandsAsync() =>
            [.. (await redis.CommandCountsAsync()).Keys.Where(command => command is not ("info" or "ping" or "config|resetstat" or "config|get"))];
    }

    [Fact]
    public async Task Private_keys_appear_neither_in_Redis_nor_in_logs_nor_in_ToString()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await using var inventory = await Instance.StartWarmAsync(redis.ConnectionString, options =>
        {
            Named("inventory")(options);
            options.KeyPairs.Algorithm = "RS256";
        });
        (await inventory.VerifyAsync(await orders.SignAsync())).ShouldBe(RewtRefusal.None);
        (await orders.VerifyAsync(await inventory.SignAsync())).ShouldBe(RewtRefusal.None);
        await inventory.Ring.RotateAsync(Cancellation);
        await orders.Ring.RevokeAsync(await orders.CurrentAsync(), Cancellation);

        var dump = new StringBuilder();
        foreach (var key in (await redis.CliAsync("KEYS", "*")).Split('\n'))
        {
            var type = await redis.CliAsync("TYPE", key);
            string[] read = type switch { "hash" => ["HGETALL", key], "zset" => ["ZRANGE", key, "0", "-1"], _ => ["GET", key] };
            dump.AppendLine(await redis.CliAsync(read));
        }

        var text = dump.ToString();
        text.ShouldContain("\"kty\":\"RSA\"");
        text.ShouldContain("\"kty\":\"EC\"");
        foreach (var member in new[] { "d", "p", "q", "dp", "dq", "qi", "k", "oth" }) text.ShouldNotContain($"\"{member}\":");
        text.ShouldNotContain("PRIVATE");
        foreach (var instance in new[] { orders, inventory })
        {
            var pair = (KeyPair)((PairSnapshot)instance.Provider.Known!).Current!;
            pair.ToString().ShouldBe($"key pair {pair.KeyId} for {pair.Algorithm}");
            instance.Log.Text.ShouldNotContain("\"x\"");
            instance.Log.Text.ShouldNotContain("PRIVATE");
        }
    }

    [Fact]
    public async Task Redis_keys_expire_and_share_one_cluster_slot()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, Named("orders"));
        await orders.Ring.RevokeAsync(await orders.CurrentAsync(), Cancellation);
        await orders.SignAsync();

        foreach (var key in (await redis.CliAsync("KEYS", "*")).Split('\n'))
        {
            key.ShouldStartWith("{rewt:rewt-keys}:");
            (await redis.PttlAsync(key)).ShouldBeGreaterThan(0, key);
        }
    }

    [Fact]
    public async Task A_later_revocation_with_a_shorter_retention_does_not_shorten_an_earlier_one()
    {
        await using var redis = await RedisServer.StartAsync();
        foreach (var days in new[] { 30, 1 })
        {
            await using var orders = await Instance.StartWarmAsync(redis.ConnectionString, options =>
            {
                Named("orders")(options);
                options.RotationInterval = TimeSpan.FromDays(days);
            });
            await orders.Ring.RevokeAsync(await orders.CurrentAsync(), Cancellation);
        }

        (await redis.PttlAsync("{rewt:rewt-keys}:orders:dead")).ShouldBeGreaterThan((long)TimeSpan.FromDays(60).TotalMilliseconds);
    }

    private static Action<RewtOptions> Named(string service) => options =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMilliseconds(400));

    private static Action<RewtOptions> Slow(string service) => options =>
        (options.KeyMode, options.ServiceName, options.RefreshInterval) = (KeyMode.KeyPair, service, TimeSpan.FromMinutes(5));
}
