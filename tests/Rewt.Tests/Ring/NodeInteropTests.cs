namespace Rewt.Tests.Ring;

/// <summary>One fleet of .NET and Node services on one secret.</summary>
public sealed class NodeInteropTests
{
    private const string Key = "rewt:rewt-secret";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_Node_signs_verifies_here_where_it_may_and_one_from_here_verifies_there(bool nodeFirst)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        var made = nodeFirst ? await node.SecretHashAsync() : null;
        await using var open = Instance.Start(redis.ConnectionString, options => (options.AcceptNodeTokens, options.ServiceName) = (true, "orders"));
        await using var closed = Instance.Start(redis.ConnectionString);
        await open.Ring.GetAsync(Cancellation);
        var token = await node.SignAsync(new { userId = "u-42" });

        var accepted = await open.Tokens.VerifyAsync(token, Cancellation);
        accepted.IsValid.ShouldBeTrue();
        accepted.KeyId.ShouldBeNull();
        accepted.Get<JsonElement>().GetProperty("userId").GetString().ShouldBe("u-42");
        (await open.Tokens.VerifyBearerAsync(token, Cancellation)).Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        (await closed.Tokens.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        (await closed.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);

        var there = await node.VerifyAsync(await open.Tokens.CreateBearerAsync("inventory", new Dictionary<string, object> { ["userId"] = "u-43" }, Cancellation));
        there.Ok.ShouldBeTrue();
        there.Payload!.Value.GetProperty("userId").GetString().ShouldBe("u-43");
        there.Payload.Value.GetProperty("iss").GetString().ShouldBe("orders");
        (await node.VerifyAsync(await open.SignAsync("hello"))).Payload!.Value.GetProperty("data").GetString().ShouldBe("hello");
        (await node.SecretHashAsync()).ShouldBe(await HashAsync(redis));
        if (made is not null) (await HashAsync(redis)).ShouldBe(made);
    }

    [Fact]
    public async Task A_token_of_Node_opens_an_endpoint_where_the_switch_is_on_and_is_none_where_it_is_off()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var open = await TestService.StartAsync(redis.ConnectionString, settings: options => (options.AcceptNodeTokens, options.ServiceName) = (true, "orders"));
        await using var closed = await TestService.StartAsync(redis.ConnectionString);
        await open.Ring.GetAsync(Cancellation);
        var token = await node.SignAsync(new { userId = "u-42" });

        using var accepted = await open.CallAsync(token, "/secure");
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await accepted.Content.ReadAsStringAsync(Cancellation)).ShouldContain("userId=u-42");
        using var refused = await closed.CallAsync(token, "/secure");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // Not ours to judge, so the challenge says nothing of it.
        refused.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await open.CallAsync(token[..^4] + "AAAA", "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_of_Node_is_no_older_than_the_longest_lifetime()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var service = Instance.Start(redis.ConnectionString, options => options.AcceptNodeTokens = true);
        await service.Ring.GetAsync(Cancellation);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        async Task<RewtRefusal> OfAsync(object payload) => (await service.Tokens.VerifyAsync(await node.SignAsync(payload), Cancellation)).Refusal;

        (await OfAsync(new { iat = now - 290 })).ShouldBe(RewtRefusal.None);
        (await OfAsync(new { iat = now - 301 })).ShouldBe(RewtRefusal.Expired);
        (await OfAsync(new { iat = now, exp = now + 3600 })).ShouldBe(RewtRefusal.Invalid);
        (await OfAsync(new { iat = now - 100, exp = now - 31 })).ShouldBe(RewtRefusal.Expired);
        (await OfAsync(new { iat = now + 120 })).ShouldBe(RewtRefusal.NotYetValid);
    }

    [Fact]
    public async Task Both_sides_live_through_five_rotations_whoever_makes_the_secret()
    {
        await using var redis = await RedisServer.StartAsync();
        var interval = TimeSpan.FromSeconds(1);
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString, ttl: interval);
        await using var service = Instance.Start(redis.ConnectionString, options =>
        {
            options.RotationInterval = interval;
            options.RefreshInterval = TimeSpan.FromMilliseconds(100);
            options.AcceptNodeTokens = true;
        });
        var seen = new HashSet<string>(StringComparer.Ordinal);

        await Eventually.TrueAsync(
            async () =>
            {
                // Late enough for our loop and early enough for Node: whoever finds the secret gone makes one.
                var fromNode = await node.SignAsync(new { userId = "u" });
                (await service.VerifiesAsync(fromNode)).ShouldBeTrue();
                var (before, fromHere) = (await HashAsync(redis), await service.SignAsync());
                var verified = await node.VerifyAsync(fromHere);

                // Node holds no retired secret, so only what was signed and verified under one secret must pass.
                var signedWith = (await service.Tokens.VerifyAsync(fromHere, Cancellation)).KeyId.ShouldNotBeNull();
                if (await redis.GetBytesAsync(Key) is { } secret && KeyId.Of(secret) == signedWith && await HashAsync(redis) == before)
                {
                    verified.Ok.ShouldBeTrue(verified.Error);
                    seen.Add(before);
                }

                return seen.Count >= 6;
            },
            "five rotations");
    }

    [Fact]
    public async Task A_secret_that_Node_makes_at_the_deadline_is_adopted_and_tokens_of_the_old_one_go_on()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var service = Instance.Start(redis.ConnectionString, options => options.AcceptNodeTokens = true);
        var (former, token) = (await service.CurrentAsync(), await service.SignAsync());
        // The ring believes that its deadline has come, and the key is gone: the moment at which Node may win.
        var past = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000;
        await using (var client = await redis.ConnectAsync())
        {
            await client.CommandAsync("MULTI");
            await client.CommandAsync("HSET", "{rewt:rewt-secret}:ring", "deadline", past);
            await client.CommandAsync("SET", Key, "the secret that Node made just when ours had expired", "EX", 3600);
            await client.CommandAsync("EXEC");
        }

        await Eventually.TrueAsync(async () => await service.CurrentAsync() != former, "the secret is adopted");

        (await service.VerifiesAsync(token)).ShouldBeTrue();
        (await service.VerifiesAsync(await node.SignAsync(new { userId = "u" }))).ShouldBeTrue();
        (await node.VerifyAsync(await service.SignAsync())).Ok.ShouldBeTrue();
        (await redis.PttlAsync(Key)).ShouldBeInRange(3_500_000, 3_600_000);
    }

    private static async Task<string> HashAsync(RedisServer redis) =>
        await redis.GetBytesAsync(Key) is { } secret ? Convert.ToHexStringLower(SHA256.HashData(secret)) : "none";
}
