using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Ring;

namespace Rewt.Tests.Binding;

/// <summary>Verifies message tokens and one-time tokens.</summary>
public sealed class OneTimeTests
{
    private static readonly byte[] Message = "pay 100"u8.ToArray();

    [Fact]
    public async Task A_message_token_is_accepted_only_with_the_bytes_of_its_message()
    {
        await using var payments = await PaymentService.StartAsync();
        var tokens = payments.Service.Tokens;
        var token = await tokens.CreateMessageBearerAsync(Message, "payments", cancellationToken: Cancellation);

        for (var attempt = 0; attempt < 2; attempt++) (await tokens.VerifyMessageAsync(token, Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.None);
        (await tokens.VerifyMessageAsync(token, "pay 900"u8.ToArray(), Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyMessageAsync(await tokens.CreateBearerAsync("payments", null, Cancellation), Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await payments.SendWithTokenAsync(token, HttpMethod.Post, "/any", new ByteArrayContent(Message)).ChallengeAsync()).ShouldContain("rewt_error=\"wrong_request\"");

        (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtBinding(RequestBinding.Target))).Dispose();
        (await tokens.VerifyBearerAsync(payments.LastToken, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
        (await tokens.VerifyMessageAsync(payments.LastToken, Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_accepts_each_token_id_once_until_the_entry_expires(bool isRedis)
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
    public async Task A_token_sent_64_times_at_once_to_8_instances_is_accepted_once()
    {
        await using var redis = await RedisServer.StartAsync();
        var instances = new List<Instance>();
        try
        {
            for (var number = 0; number < 8; number++) instances.Add(await Instance.StartWarmAsync(redis.ConnectionString));
            var answered = 0;
            for (var round = 0; answered < 200; round++)
            {
                round.ShouldBeLessThan(2_000, "Redis answers most rounds");
                var token = await instances[round % 8].Tokens.CreateMessageBearerAsync(Message, "fault", oneTime: true, cancellationToken: Cancellation);
                var verifications = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(() => VerifyAsync(instances[number % 8], token))));

                var accepted = verifications.Count(verification => verification is { IsValid: true });
                accepted.ShouldBeLessThanOrEqualTo(1);
                verifications.Count(verification => verification is { Refusal: RewtRefusal.Replayed } or null).ShouldBe(64 - accepted);
                if (verifications.Contains(null)) continue;

                accepted.ShouldBe(1);
                answered++;
            }
        }
        finally
        {
            foreach (var instance in instances) await instance.DisposeAsync();
        }

        static async Task<RewtVerification?> VerifyAsync(Instance instance, string token)
        {
            try
            {
                return await instance.Tokens.VerifyMessageAsync(token, Message, Cancellation);
            }
            catch (RewtKeysUnavailableException)
            {
                // On a busy machine, Redis may not answer in time. Such a call is not accepted, but may have used up the token.
                return null;
            }
        }
    }

    [Fact]
    public async Task A_failover_loses_only_uses_that_the_replica_had_not_received()
    {
        Require.RealRedis();
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await using var before = await Instance.StartWarmAsync(primary.ConnectionString);
        Task<string> SignAsync() => before.Tokens.CreateMessageBearerAsync(Message, "fault", oneTime: true, cancellationToken: Cancellation);
        async Task<RewtRefusal> VerifyAsync(Instance instance, string token) => (await instance.Tokens.VerifyMessageAsync(token, Message, Cancellation)).Refusal;
        var (replicated, lost) = (await SignAsync(), await SignAsync());

        (await VerifyAsync(before, replicated)).ShouldBe(RewtRefusal.None);
        await Replication.DetachAsync(primary, replica);
        (await VerifyAsync(before, lost)).ShouldBe(RewtRefusal.None);
        await using var after = await Instance.StartWarmAsync(replica.ConnectionString);

        (await VerifyAsync(after, replicated)).ShouldBe(RewtRefusal.Replayed);
        (await VerifyAsync(after, lost)).ShouldBe(RewtRefusal.None);
        (await VerifyAsync(after, lost)).ShouldBe(RewtRefusal.Replayed);
    }

    [Fact]
    public async Task A_one_time_call_sends_one_Redis_command_and_a_refused_call_none()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var payments = await PaymentService.StartAsync(
            options => (options.Binding, options.OneTime) = (RequestBinding.Target | RequestBinding.Body, true),
            settings: options => (options.RotationInterval, options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(1)),
            redis: redis.ConnectionString);
        (await payments.SendAsync(HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await redis.WaitForStartupAsync(keyRings: 1);
        await payments.Service.WaitForDoctorAsync();
        await redis.WaitUntilQuietAsync();
        var before = await redis.CommandCountsAsync();

        (await payments.SendAsync(HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var token = payments.LastToken;
        var after = await redis.CommandCountsAsync();
        (await payments.SendWithTokenAsync(token, HttpMethod.Post, "/group/other", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await payments.SendWithTokenAsync(token, HttpMethod.Post, "/group/a", new StringContent("other")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await payments.SendWithTokenAsync(token[..^5] + "AAAAA", HttpMethod.Post, "/group/a", new StringContent("body")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        var end = await redis.CommandCountsAsync();

        Added(before, after).ShouldBe("set 1");
        Added(after, end).ShouldBe("");

        // The commands that keep connections alive and read the counters are excluded.
        static string Added(IReadOnlyDictionary<string, long> first, IReadOnlyDictionary<string, long> second) => string.Join(", ", second
            .Where(count => count.Key is not ("ping" or "info") && !count.Key.StartsWith("config", StringComparison.Ordinal) && count.Value != first.GetValueOrDefault(count.Key))
            .Select(count => $"{count.Key} {count.Value - first.GetValueOrDefault(count.Key)}"));
    }

    [Fact]
    public async Task A_one_time_token_gets_503_while_the_store_is_unavailable()
    {
        await using var ring = new RewtTestRing();
        await using var payments = await PaymentService.StartAsync(options => options.OneTime = true, configure: builder =>
        {
            builder.Services.AddRewtTesting(ring);
            builder.Services.AddHealthChecks().AddRewtCheck();
        });
        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.OK);

        ring.SimulateOutage();
        using var response = await payments.SendAsync(HttpMethod.Get, "/any");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtOneTime(false)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        payments.Calls.ShouldBe(2);
        (await HealthAsync(payments)).Description.ShouldNotBeNull().ShouldContain("The last call with a one-time token of 'rewt' got 503");
    }

    [Fact]
    public async Task Health_is_degraded_until_the_use_of_a_one_time_token_can_be_recorded_again()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var payments = await PaymentService.StartAsync(
            options => options.OneTime = true,
            configure: builder => builder.Services.AddHealthChecks().AddRewtCheck(),
            redis: redis.ConnectionString);
        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        const string Reason = "The last call with a one-time token of 'rewt' got 503, because the use of the token could not be recorded (OOM).";

        await redis.CommandAsync("CONFIG", "SET", "maxmemory", "1");
        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);
        var degraded = await HealthAsync(payments);
        degraded.Status.ShouldBe(HealthStatus.Degraded);
        degraded.Description.ShouldNotBeNull().ShouldContain(Reason);

        await redis.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await HealthAsync(payments)).Description.ShouldNotBeNull().ShouldNotContain("one-time");
    }

    [Theory]
    [InlineData("OOM", "Redis has no memory left (maxmemory).")]
    [InlineData("NOPERM", "Give it the permissions that 'rewt acl --role signer --namespace rewt' prints")]
    [InlineData("READONLY", "Connect to the primary")]
    public async Task A_one_time_token_whose_use_Redis_does_not_record_gets_503_and_the_log_contains_the_cause(string error, string expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var payments = await PaymentService.StartAsync(
            options => options.OneTime = true,
            settings: options => (options.RotationInterval, options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(1)),
            redis: redis.ConnectionString);
        (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtOneTime(false)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await redis.WaitForStartupAsync(keyRings: 1);
        await (error switch
        {
            "OOM" => redis.CommandAsync("CONFIG", "SET", "maxmemory", 1),
            "NOPERM" => redis.CommandAsync("ACL", "SETUSER", "default", "-set"),
            _ => redis.CommandAsync("REPLICAOF", "127.0.0.1", FreePort.Next()),
        });

        (await payments.SendAsync(HttpMethod.Get, "/any").StatusAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        var line = payments.Service.Log.Text.Split('\n').Where(line => line.Contains("KeysUnavailable", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain("The use of a one-time token of 'rewt' cannot be recorded: ");
        line.ShouldContain(expected);
    }

    [Fact]
    public async Task A_request_that_is_authenticated_twice_does_not_replay_its_own_one_time_token()
    {
        await using var payments = await PaymentService.StartAsync(
            options => (options.Binding, options.OneTime) = (RequestBinding.Target, true),
            use: application => application.MapGet("/twice", async (HttpContext context) =>
            {
                // As UseExceptionHandler with CreateScopeForErrors does: the new scope has a new authentication handler.
                await using var scope = context.RequestServices.CreateAsyncScope();
                var own = context.RequestServices;
                context.RequestServices = scope.ServiceProvider;
                var again = await context.AuthenticateAsync(RewtDefaults.AuthenticationScheme);
                context.RequestServices = own;
                return again.Succeeded;
            }).RequireAuthorization());

        using var response = await payments.SendAsync(HttpMethod.Get, "/twice");

        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("true");
        (await payments.SendWithTokenAsync(payments.LastToken, HttpMethod.Get, "/twice").ChallengeAsync()).ShouldContain("rewt_error=\"replayed\"");
    }

    [Fact]
    public async Task Another_one_time_token_in_the_same_request_is_still_checked()
    {
        string[] tokens = [];
        await using var payments = await PaymentService.StartAsync(
            configure: builder => builder.Services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context => AsTask(() => context.Token = context.HttpContext.Items["token"] as string),
            }),
            use: application => application.MapGet("/each", async (HttpContext context) =>
            {
                var own = context.RequestServices;
                var results = new List<bool>();
                foreach (var token in tokens)
                {
                    await using var scope = own.CreateAsyncScope();
                    context.RequestServices = scope.ServiceProvider;
                    context.Items["token"] = token;
                    results.Add((await context.AuthenticateAsync(RewtDefaults.AuthenticationScheme)).Succeeded);
                }

                context.RequestServices = own;
                return results;
            }));
        for (var number = 0; number < 2; number++)
        {
            (await payments.SendAsync(HttpMethod.Get, "/any", prepare: request => request.SetRewtOneTime(true))).Dispose();
            tokens = [.. tokens, payments.LastToken];
        }

        using var fresh = await payments.SendAsync(HttpMethod.Get, "/each", prepare: request => request.SetRewtOneTime(true));

        (await fresh.Content.ReadAsStringAsync(Cancellation)).ShouldBe("[false,false]");
    }

    [Fact]
    public async Task A_token_whose_key_is_revoked_while_its_use_is_recorded_is_refused()
    {
        IRewtKeyRing? ring = null;
        var stores = new SlowStoreFactory(async () => await ring!.RevokeAsync((await ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation));
        await using var payments = await PaymentService.StartAsync(
            options => (options.Binding, options.OneTime, options.Retry) = (RequestBinding.Target, true, false),
            configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(stores)));
        ring = payments.Service.Ring;

        (await payments.SendAsync(HttpMethod.Get, "/any").ChallengeAsync()).ShouldContain("rewt_error=\"stale_key\"");
        payments.Calls.ShouldBe(0);

        var message = await payments.Service.Tokens.CreateMessageBearerAsync(Message, "payments", oneTime: true, cancellationToken: Cancellation);
        (await payments.Service.Tokens.VerifyMessageAsync(message, Message, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task A_token_that_expires_while_its_process_is_suspended_is_refused()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var options = new RewtOptions { Namespace = "shop" };
        await using var tokens = new OneTimeTokens(options, () => new SlowOneTimeStore(() => AsTask(() => clock.Advance(TimeSpan.FromSeconds(91)))), clock);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new TokenClaims("orders", null, "1", ["payments"], now, now + 60, null, default).BoundTo(new TokenBinding(IsOneTime: true));

        (await tokens.UseAsync(claims, Cancellation))!.Reason.ShouldBe(RefusalReason.Expired);
    }

    [Theory]
    [InlineData("jti")]
    [InlineData("exp")]
    public async Task A_one_time_token_requires_an_id_and_an_expiry(string claim)
    {
        await using var tokens = new OneTimeTokens(new RewtOptions(), () => throw new InvalidOperationException(), TimeProvider.System);
        var claims = new TokenClaims("orders", null, claim == "jti" ? null : "1", ["payments"], null, claim == "exp" ? null : 1, null, default).BoundTo(new TokenBinding(IsOneTime: true));

        (await tokens.UseAsync(claims, Cancellation))!.ShouldBe(new TokenRefusal(RefusalReason.MissingClaim, claim));
    }

    private static async Task<HealthReportEntry> HealthAsync(PaymentService payments) =>
        (await payments.Service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];

    private sealed class SlowStoreFactory(Func<Task> onUse) : IRingStoreFactory
    {
        private readonly SharedMemoryRing _ring = new();

        public IRingStore Open(RewtOptions options) => _ring.Store;

        public IOneTimeStore OpenOneTime(RewtOptions options) => new SlowOneTimeStore(onUse);
    }

    private sealed class SlowOneTimeStore(Func<Task> onUse) : IOneTimeStore
    {
        public async Task<bool> TryUseAsync(string @namespace, string audience, string id, TimeSpan life, CancellationToken cancellationToken)
        {
            await onUse();
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
