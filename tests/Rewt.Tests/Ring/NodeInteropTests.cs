namespace Rewt.Tests.Ring;

/// <summary>Tests a fleet of .NET and Node services that share one secret.</summary>
public sealed class NodeInteropTests
{
    private const string Key = "rewt:rewt-secret";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Node_tokens_are_accepted_only_if_enabled_and_Node_accepts_tokens_of_this_library(bool nodeFirst)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        var initialHash = nodeFirst ? await node.SecretHashAsync() : null;
        await using var accepting = Instance.Start(redis.ConnectionString, options => (options.AcceptNodeTokens, options.ServiceName) = (true, "orders"));
        await using var refusing = Instance.Start(redis.ConnectionString);
        await accepting.Ring.GetAsync(Cancellation);
        var token = await node.SignAsync(new { userId = "u-42" });

        var accepted = await accepting.Data.VerifyAsync(token, Cancellation);
        accepted.IsValid.ShouldBeTrue();
        accepted.KeyId.ShouldBeNull();
        accepted.Get<JsonElement>().GetProperty("userId").GetString().ShouldBe("u-42");
        (await accepting.Tokens.VerifyBearerAsync(token, Cancellation)).Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        (await refusing.Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        (await refusing.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);

        var bearer = await accepting.Tokens.CreateBearerAsync("inventory", new Dictionary<string, object> { ["userId"] = "u-43" }, Cancellation);
        var verifiedByNode = await node.VerifyAsync(bearer);
        verifiedByNode.Ok.ShouldBeTrue();
        verifiedByNode.Payload!.Value.GetProperty("userId").GetString().ShouldBe("u-43");
        verifiedByNode.Payload.Value.GetProperty("iss").GetString().ShouldBe("orders");
        (await node.VerifyAsync(await accepting.SignAsync("hello"))).Payload!.Value.GetProperty("data").GetString().ShouldBe("hello");
        (await node.SecretHashAsync()).ShouldBe(await SecretHashAsync(redis));
        if (initialHash is not null) (await SecretHashAsync(redis)).ShouldBe(initialHash);
    }

    [Fact]
    public async Task An_endpoint_accepts_a_Node_token_only_if_AcceptNodeTokens_is_set()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var accepting = await TestService.StartAsync(redis.ConnectionString, settings: options => (options.AcceptNodeTokens, options.ServiceName) = (true, "orders"));
        await using var refusing = await TestService.StartAsync(redis.ConnectionString);
        await accepting.Ring.GetAsync(Cancellation);
        var token = await node.SignAsync(new { userId = "u-42" });

        using var accepted = await accepting.CallAsync(token, "/secure");
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await accepted.Content.ReadAsStringAsync(Cancellation)).ShouldContain("userId=u-42");
        using var refused = await refusing.CallAsync(token, "/secure");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // The token is not one of Rewt, so the challenge contains no error.
        refused.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await accepting.CallAsync(token[..^4] + "AAAA", "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Node_and_Dotnet_services_verify_each_others_tokens_across_five_rotations()
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
                // The first service that finds the secret expired creates one; this may be a .NET or a Node service.
                var nodeToken = await node.SignAsync(new { userId = "u" });
                (await service.VerifiesAsync(nodeToken)).ShouldBeTrue();
                var (before, ownToken) = (await SecretHashAsync(redis), await service.SignAsync());
                var verified = await node.VerifyAsync(ownToken);

                // Node keeps no retired secret, so a token must be accepted only if the secret did not change in between.
                var signedWith = (await service.Data.VerifyAsync(ownToken, Cancellation)).KeyId.ShouldNotBeNull();
                if (await redis.GetBytesAsync(Key) is { } secret && KeyId.Of(secret).ToString() == signedWith && await SecretHashAsync(redis) == before)
                {
                    verified.Ok.ShouldBeTrue(verified.Error);
                    seen.Add(before);
                }

                return seen.Count >= 6;
            },
            "five rotations have taken place");
    }

    [Fact]
    public async Task A_secret_that_Node_creates_at_the_deadline_is_adopted_and_earlier_tokens_stay_valid()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString);
        await using var service = Instance.Start(redis.ConnectionString, options => options.AcceptNodeTokens = true);
        var (former, token) = (await service.CurrentAsync(), await service.SignAsync());
        // The deadline has passed and the secret has expired: at this moment Node may create the next secret.
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
    public async Task The_secret_in_Redis_signs_until_the_rotation_is_written_if_Node_tokens_are_accepted()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = Instance.Start(redis.ConnectionString, options =>
        {
            (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(300));
            options.AcceptNodeTokens = true;
        });
        await PreventWritesAsync(redis, service.Ring);

        // The rotation is due and cannot be written.
        await WaitForDeadlineAsync(redis);

        (await service.Data.VerifyAsync(await service.SignAsync(), Cancellation)).KeyId.ShouldBe(KeyId.Of((await redis.GetBytesAsync(Key))!).ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retry_after_a_401_without_a_reason_is_signed_with_the_secret_in_Redis(bool isAsynchronous)
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
        await PreventWritesAsync(redis, sender.Ring);
        await WaitForDeadlineAsync(redis);
        var secretKeyId = KeyId.Of((await redis.GetBytesAsync(Key))!).ToString();
        await Eventually.TrueAsync(
            async () => (await sender.Data.VerifyAsync(await sender.Data.SignTextAsync("x", Cancellation), Cancellation)).KeyId != secretKeyId, "the pending key signs");

        using var client = sender.Client("node");
        for (var round = 0; round < 4; round++)
        {
            (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync()))).ShouldAllBe(status => status == HttpStatusCode.OK);
        }

        async Task<HttpStatusCode> CallAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/node");
            // A synchronous call must not block the thread that serves the request.
            using var response = isAsynchronous ? await client.SendAsync(request, Cancellation) : await Task.Run(() => client.Send(request, Cancellation), Cancellation);
            return response.StatusCode;
        }
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotations_and_deletions_of_the_secret_fail_no_call_between_Node_and_Dotnet(bool acceptsNodeTokens)
    {
        // REWT_NODE_CALLS sets the number of calls in each direction for a longer run.
        var (calls, nodeCalls) = int.TryParse(Environment.GetEnvironmentVariable("REWT_NODE_CALLS"), CultureInfo.InvariantCulture, out var wanted) ? (wanted, acceptsNodeTokens ? wanted : 0) : (5_000, 0);
        var interval = TimeSpan.FromSeconds(10);
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var node = await NodeRewt.StartAsync(redis.ConnectionString, ttl: interval);
        await using var callee = await TestService.HostAsync(
            builder => builder.Services.AddAuthentication().Services.AddAuthorization(),
            // This endpoint must precede the endpoint that every test service maps to the same path.
            application => application.MapGet("/secure", async (HttpRequest request) =>
                (await node.VerifyAsync(request.Headers.Authorization.ToString()["Bearer ".Length..])).Ok ? Results.Ok() : Results.Unauthorized()).WithOrder(-1));
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            "orders",
            options => (options.RotationInterval, options.RefreshInterval, options.AcceptNodeTokens) = (interval, TimeSpan.FromSeconds(1), acceptsNodeTokens),
            builder => builder.Services.AddHttpClient("node", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory"));
        await service.Ring.GetAsync(Cancellation);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        var (refusedNodeTokens, events) = (new List<string>(), new List<string>());

        var traffic = new Traffic([service.Client("node")], callsPerSecond: 150, maximumConcurrency: 20);
        var (nodeCallCount, commands, changed) = (0, 0, TimeProvider.System.GetTimestamp());
        for (; traffic.Calls < calls || nodeCallCount < nodeCalls || secrets.Count < 9 || commands < 2; nodeCallCount++)
        {
            if (secrets.Add(await SecretHashAsync(redis)))
            {
                changed = TimeProvider.System.GetTimestamp();
                events.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} new secret");
            }

            // The command runs between two rotations, because a call that is affected by two changes would need two retries and has one.
            if (secrets.Count >= 4 * (commands + 1) && commands < 2 && TimeProvider.System.GetElapsedTime(changed).TotalSeconds is > 3 and < 6 && !traffic.HasCallFromBefore(changed))
            {
                commands++;
                events.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {(commands == 1 ? "DEL" : "SET")}");
                if (commands == 1) await redis.DelAsync(Key);
                else await redis.SetAsync(Key, "a secret that an operator set by hand, long enough", interval);
            }

            if (acceptsNodeTokens)
            {
                using var answer = await service.CallAsync(await node.SignAsync(new { userId = "u" }), "/secure");
                if (!answer.IsSuccessStatusCode) refusedNodeTokens.Add($"{(int)answer.StatusCode} {answer.Headers.WwwAuthenticate}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }

        await traffic.StopAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{traffic.Calls} calls to Node, {(acceptsNodeTokens ? nodeCallCount : 0)} from Node, {secrets.Count} secrets; {string.Join(", ", events)}");
        traffic.Failures.Take(20).ShouldBeEmpty();
        refusedNodeTokens.Take(20).ShouldBeEmpty();
    }

    /// <summary>Prevents the server from accepting writes and from expiring the secret, so that the ring cannot rotate.</summary>
    private static async Task PreventWritesAsync(RedisServer redis, IRewtKeyRing ring)
    {
        await ring.GetAsync(Cancellation);
        await using var client = await redis.ConnectAsync();
        await client.CommandAsync("MULTI");
        await client.CommandAsync("PERSIST", Key);
        await client.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        await client.CommandAsync("EXEC");
    }

    /// <summary>Waits until the deadline of the ring has passed on the clock of the server.</summary>
    private static async Task WaitForDeadlineAsync(RedisServer redis)
    {
        var deadline = long.Parse(await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "deadline"), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(async () => long.Parse((await redis.CliAsync("TIME")).Split('\n')[0], CultureInfo.InvariantCulture) * 1000 > deadline + 1000, "the deadline has passed");
    }

    private static async Task<string> SecretHashAsync(RedisServer redis) =>
        await redis.GetBytesAsync(Key) is { } secret ? Convert.ToHexStringLower(SHA256.HashData(secret)) : "none";
}
