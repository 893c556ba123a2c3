using Rewt.Tests.Ring;

namespace Rewt.Tests.Binding;

/// <summary>Tokens of messages, and tokens that are accepted once.</summary>
public sealed class OneTimeTests
{
    private static readonly byte[] Message = "pay 100"u8.ToArray();

    [Fact]
    public async Task A_token_of_a_message_is_accepted_with_these_bytes_and_nowhere_else()
    {
        await using var payments = await PaymentService.StartAsync();
        var tokens = payments.Service.Tokens;
        var token = await tokens.CreateMessageBearerAsync(Message, "payments", cancellationToken: Cancellation);

        for (var time = 0; time < 2; time++) (await tokens.VerifyMessageAsync(token, Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.None);
        (await tokens.VerifyMessageAsync(token, "pay 900"u8.ToArray(), Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyMessageAsync(await tokens.CreateBearerAsync("payments", null, Cancellation), Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await payments.ShowAsync(token, HttpMethod.Post, "/any", new ByteArrayContent(Message)).ChallengeAsync()).ShouldContain("rewt_error=\"wrong_request\"");

        (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtBinding(RequestBinding.Target))).Dispose();
        (await tokens.VerifyBearerAsync(payments.Token, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyMessageAsync(payments.Token, Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_of_used_tokens_accepts_each_once_for_as_long_as_it_lives(bool isRedis)
    {
        var time = new FakeTimeProvider();
        await using var redis = isRedis ? await RedisServer.StartAsync() : null;
        await using var provider = new ServiceCollection().BuildServiceProvider();
        await using var store = isRedis
            ? new RedisRingStoreFactory(provider, TimeProvider.System).OpenOneTime(new RewtOptions { Redis = redis!.ConnectionString })
            : new InMemoryRingStoreFactory(time).OpenOneTime(new RewtOptions());
        Task<bool> UseAsync(string ring, string audience, string id, double milliseconds) => store.TryUseAsync(ring, audience, id, TimeSpan.FromMilliseconds(milliseconds), Cancellation);

        (await UseAsync("rewt", "payments", "a", 60_000)).ShouldBeTrue();
        (await UseAsync("rewt", "payments", "a", 60_000)).ShouldBeFalse();
        (await UseAsync("rewt", "payments", "b", 60_000)).ShouldBeTrue();
        (await UseAsync("rewt", "orders", "a", 60_000)).ShouldBeTrue();
        (await UseAsync("rewt:tenant", "payments", "a", 60_000)).ShouldBeTrue();
        (await UseAsync("rewt", "payments", "c", 0.2)).ShouldBeTrue();

        if (redis is not null)
        {
            (await redis.PttlAsync("{rewt:rewt-secret}:used:payments:a")).ShouldBeInRange(1, 60_000);
            (await redis.PttlAsync("{rewt:tenant:rewt-secret}:used:payments:a")).ShouldBeInRange(1, 60_000);
            await redis.DelAsync("{rewt:rewt-secret}:used:payments:a");
        }
        else
        {
            time.Advance(TimeSpan.FromMilliseconds(59_999));
            (await UseAsync("rewt", "payments", "a", 60_000)).ShouldBeFalse();
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        (await UseAsync("rewt", "payments", "a", 60_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_that_is_shown_64_times_at_once_to_8_instances_is_accepted_once()
    {
        await using var redis = await RedisServer.StartAsync();
        var instances = new List<Instance>();
        try
        {
            for (var number = 0; number < 8; number++) instances.Add(await Instance.StartWarmAsync(redis.ConnectionString));
            for (var round = 0; round < 200; round++)
            {
                var token = await instances[round % 8].Tokens.CreateMessageBearerAsync(Message, "fault", oneTime: true, cancellationToken: Cancellation);
                var shown = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(() => instances[number % 8].Tokens.VerifyMessageAsync(token, Message, Cancellation))));

                shown.Count(verification => verification.IsValid).ShouldBe(1);
                shown.Count(verification => verification.Refusal == RewtRefusal.Replayed).ShouldBe(63);
            }
        }
        finally
        {
            foreach (var instance in instances) await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_failover_loses_only_uses_that_the_replica_had_not_received()
    {
        Require.RealRedis();
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Servers.StartReplicaAsync(primary);
        await using var before = await Instance.StartWarmAsync(primary.ConnectionString);
        Task<string> SignAsync() => before.Tokens.CreateMessageBearerAsync(Message, "fault", oneTime: true, cancellationToken: Cancellation);
        async Task<RewtRefusal> ShowAsync(Instance instance, string token) => (await instance.Tokens.VerifyMessageAsync(token, Message, Cancellation)).Refusal;
        var (kept, lost) = (await SignAsync(), await SignAsync());

        (await ShowAsync(before, kept)).ShouldBe(RewtRefusal.None);
        await Servers.DetachAsync(primary, replica);
        (await ShowAsync(before, lost)).ShouldBe(RewtRefusal.None);
        await using var after = await Instance.StartWarmAsync(replica.ConnectionString);

        (await ShowAsync(after, kept)).ShouldBe(RewtRefusal.Replayed);
        (await ShowAsync(after, lost)).ShouldBe(RewtRefusal.None);
        (await ShowAsync(after, lost)).ShouldBe(RewtRefusal.Replayed);
    }

    [Fact]
    public async Task A_one_time_call_costs_one_command_and_junk_costs_none()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var payments = await PaymentService.StartAsync(
            options => (options.Binding, options.OneTime) = (RequestBinding.Target | RequestBinding.Body, true),
            settings: options => (options.RotationInterval, options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(1)),
            redis: redis.ConnectionString);
        (await payments.SendAsync(HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await redis.StartsEndAsync(rings: 1);
        var before = await redis.CommandCountsAsync();

        (await payments.SendAsync(HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var token = payments.Token;
        var after = await redis.CommandCountsAsync();
        (await payments.ShowAsync(token, HttpMethod.Post, "/group/other", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await payments.ShowAsync(token, HttpMethod.Post, "/group/a", new StringContent("other")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await payments.ShowAsync(token[..^5] + "AAAAA", HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        var atLast = await redis.CommandCountsAsync();

        Added(before, after).ShouldBe("set 1");
        Added(after, atLast).ShouldBe("");

        // Connections are kept alive, and the counting itself is counted.
        static string Added(IReadOnlyDictionary<string, long> first, IReadOnlyDictionary<string, long> second) => string.Join(", ", second
            .Where(count => count.Key is not ("ping" or "info") && !count.Key.StartsWith("config", StringComparison.Ordinal) && count.Value != first.GetValueOrDefault(count.Key))
            .Select(count => $"{count.Key} {count.Value - first.GetValueOrDefault(count.Key)}"));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_an_outage_and_no_acceptance()
    {
        await using var ring = new RewtTestRing();
        await using var payments = await PaymentService.StartAsync(options => options.OneTime = true, configure: builder => builder.Services.AddRewtTesting(ring));
        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.OK);

        ring.SimulateOutage();
        using var answer = await payments.SendAsync(HttpMethod.Get, "/any");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtOneTime(false)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        payments.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_process_that_was_suspended_before_it_used_a_token_does_not_accept_it_afterwards()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var options = new RewtOptions { Namespace = "shop" };
        await using var tokens = new OneTimeTokens(options, () => new SlowStore(() => clock.Advance(TimeSpan.FromSeconds(91))), clock);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new TokenClaims("orders", null, "1", ["payments"], now, now + 60, null, default).BoundTo(new TokenBinding(IsOneTime: true));

        (await tokens.UseAsync(claims, Cancellation))!.Reason.ShouldBe(RefusalReason.Expired);
    }

    [Theory]
    [InlineData("jti")]
    [InlineData("exp")]
    public async Task A_one_time_token_needs_an_id_and_an_end(string claim)
    {
        await using var tokens = new OneTimeTokens(new RewtOptions(), () => throw new InvalidOperationException(), TimeProvider.System);
        var claims = new TokenClaims("orders", null, claim == "jti" ? null : "1", ["payments"], null, claim == "exp" ? null : 1, null, default).BoundTo(new TokenBinding(IsOneTime: true));

        (await tokens.UseAsync(claims, Cancellation))!.ShouldBe(new TokenRefusal(RefusalReason.MissingClaim, claim));
    }

    private sealed class SlowStore(Action meanwhile) : IOneTimeStore
    {
        public Task<bool> TryUseAsync(string ring, string audience, string id, TimeSpan life, CancellationToken cancellationToken)
        {
            meanwhile();
            return Task.FromResult(true);
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
