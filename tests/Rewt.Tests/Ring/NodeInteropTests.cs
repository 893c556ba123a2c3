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

        var accepted = await open.Data.VerifyAsync(token, Cancellation);
        accepted.IsValid.ShouldBeTrue();
        accepted.KeyId.ShouldBeNull();
        accepted.Get<JsonElement>().GetProperty("userId").GetString().ShouldBe("u-42");
        (await open.Tokens.VerifyBearerAsync(token, Cancellation)).Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        (await closed.Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
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

        async Task<RewtRefusal> OfAsync(object payload) => (await service.Data.VerifyAsync(await node.SignAsync(payload), Cancellation)).Refusal;

        (await OfAsync(new { iat = now - 290 })).ShouldBe(RewtRefusal.None);
        (await OfAsync(new { iat = now - 301 })).ShouldBe(RewtRefusal.Expired);
        (await OfAsync(new { iat = now, exp = now + 3600 })).ShouldBe(RewtRefusal.Invalid);
        (await OfAsync(new { iat = now - 100, exp = now - 31 })).ShouldBe(RewtRefusal.Expired);
        (await OfAsync(new { iat = now + 120 })).ShouldBe(RewtRefusal.NotYetValid);
    }

    [Fact]
    public async Task Both_sides_survive_five_rotations_with_either_as_the_author_of_the_secret()
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
                // Late enough for our loop and early enough for Node: the service that finds the secret gone makes one.
                var fromNode = await node.SignAsync(new { userId = "u" });
                (await service.VerifiesAsync(fromNode)).ShouldBeTrue();
                var (before, fromHere) = (await HashAsync(redis), await service.SignAsync());
                var verified = await node.VerifyAsync(fromHere);

                // Node holds no retired secret, so only what was signed and verified under one secret must pass.
                var signedWith = (await service.Data.VerifyAsync(fromHere, Cancellation)).KeyId.ShouldNotBeNull();
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

    [Fact]
    public async Task The_secret_in_Redis_signs_where_Node_verifies_until_the_rotation_is_written()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = Instance.Start(redis.ConnectionString, options =>
        {
            (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(300));
            options.AcceptNodeTokens = true;
        });
        await StandStillAsync(redis, service.Ring);

        // The rotation is due and cannot be written.
        await PastDeadlineAsync(redis);

        (await service.Data.VerifyAsync(await service.SignAsync(), Cancellation)).KeyId.ShouldBe(KeyId.Of((await redis.GetBytesAsync(Key))!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_callee_that_gives_no_reason_gets_the_retry_signed_with_the_secret_in_Redis(bool isAsynchronous)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var callee = await TestService.HostAsync(
            builder => builder.Services.AddAuthentication().Services.AddAuthorization(),
            application => application.MapGet("/node", async (HttpRequest request) =>
                (await node.VerifyAsync(request.Headers.Authorization.ToString()["Bearer ".Length..])).Ok ? Results.Ok() : Results.Unauthorized()));
        await using var sender = await TestService.StartAsync(
            redis.ConnectionString,
            "orders",
            options => (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(300)),
            builder => builder.Services.AddHttpClient("node", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory"));
        await StandStillAsync(redis, sender.Ring);
        await PastDeadlineAsync(redis);
        var standing = KeyId.Of((await redis.GetBytesAsync(Key))!);
        await Eventually.TrueAsync(
            async () => (await sender.Data.VerifyAsync(await sender.Data.SignTextAsync("x", Cancellation), Cancellation)).KeyId != standing, "the pending key signs");

        using var client = sender.Client("node");
        for (var round = 0; round < 10; round++)
        {
            (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync()))).ShouldAllBe(status => status == HttpStatusCode.OK);
        }

        async Task<HttpStatusCode> CallAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/node");
            // A synchronous call cannot be made on the thread that answers it.
            using var response = isAsynchronous ? await client.SendAsync(request, Cancellation) : await Task.Run(() => client.Send(request, Cancellation), Cancellation);
            return response.StatusCode;
        }
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotations_and_deletions_cost_no_call_between_Node_and_here(bool acceptsNodeTokens)
    {
        // A longer run has REWT_NODE_CALLS calls in each direction.
        var (calls, callsFromNode) = int.TryParse(Environment.GetEnvironmentVariable("REWT_NODE_CALLS"), CultureInfo.InvariantCulture, out var wanted) ? (wanted, acceptsNodeTokens ? wanted : 0) : (5_000, 0);
        var interval = TimeSpan.FromSeconds(10);
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString, ttl: interval);
        await using var callee = await TestService.HostAsync(
            builder => builder.Services.AddAuthentication().Services.AddAuthorization(),
            // Before the endpoint of the same path that each service has.
            application => application.MapGet("/secure", async (HttpRequest request) =>
                (await node.VerifyAsync(request.Headers.Authorization.ToString()["Bearer ".Length..])).Ok ? Results.Ok() : Results.Unauthorized()).WithOrder(-1));
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            "orders",
            options => (options.RotationInterval, options.RefreshInterval, options.AcceptNodeTokens) = (interval, TimeSpan.FromSeconds(1), acceptsNodeTokens),
            builder => builder.Services.AddHttpClient("node", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory"));
        await service.Ring.GetAsync(Cancellation);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        var (refusedHere, events) = (new List<string>(), new List<string>());

        var traffic = new Traffic([service.Client("node")], callsPerSecond: 150, maximumAtOnce: 20);
        var (fromNode, commands, changed) = (0, 0, TimeProvider.System.GetTimestamp());
        for (; traffic.Calls < calls || fromNode < callsFromNode || secrets.Count < 9; fromNode++)
        {
            if (secrets.Add(await HashAsync(redis)))
            {
                changed = TimeProvider.System.GetTimestamp();
                events.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} new secret");
            }

            // Between two rotations: a call that meets two changes needs two retries, and gets one.
            if (secrets.Count >= 4 * (commands + 1) && commands < 2 && TimeProvider.System.GetElapsedTime(changed) > TimeSpan.FromSeconds(3))
            {
                commands++;
                events.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {(commands == 1 ? "DEL" : "SET")}");
                if (commands == 1) await redis.DelAsync(Key);
                else await redis.SetAsync(Key, "a secret that an operator set by hand, long enough", interval);
            }

            if (acceptsNodeTokens)
            {
                using var answer = await service.CallAsync(await node.SignAsync(new { userId = "u" }), "/secure");
                if (!answer.IsSuccessStatusCode) refusedHere.Add($"{(int)answer.StatusCode} {answer.Headers.WwwAuthenticate}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }

        await traffic.StopAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{traffic.Calls} calls to Node, {(acceptsNodeTokens ? fromNode : 0)} from Node, {secrets.Count} secrets; {string.Join(", ", events)}");
        traffic.Failures.Take(20).ShouldBeEmpty();
        refusedHere.Take(20).ShouldBeEmpty();
    }

    /// <summary>The pending key has been out for long enough to sign, and from now on nothing can be written and nothing expires.</summary>
    private static async Task StandStillAsync(RedisServer redis, IRewtKeyRing ring)
    {
        await ring.GetAsync(Cancellation);
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("MULTI");
        await client.CommandAsync("PERSIST", Key);
        await client.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        await client.CommandAsync("EXEC");
    }

    /// <summary>Waits until the deadline that the ring names has passed by the server's clock.</summary>
    private static async Task PastDeadlineAsync(RedisServer redis)
    {
        var deadline = long.Parse(await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "deadline"), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(async () => long.Parse((await redis.CliAsync("TIME")).Split('\n')[0], CultureInfo.InvariantCulture) * 1000 > deadline + 1000, "the deadline passes");
    }

    private static async Task<string> HashAsync(RedisServer redis) =>
        await redis.GetBytesAsync(Key) is { } secret ? Convert.ToHexStringLower(SHA256.HashData(secret)) : "none";
}
