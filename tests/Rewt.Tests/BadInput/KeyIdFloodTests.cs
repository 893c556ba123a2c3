namespace Rewt.Tests.BadInput;

/// <summary>Forged key ids: what they cost Redis, and those who come with a right token.</summary>
[Collection(WholeProcess.Name)]
public sealed class KeyIdFloodTests
{
    private static readonly string[] OfTheClientLibrary = ["ping", "info", "config|get", "client|setname", "cluster|nodes", "echo", "subscribe", "hello", "select"];

    [Fact]
    public async Task A_key_id_that_cannot_exist_costs_no_Redis_command_and_creates_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.SetAsync("rewt:rewt-secret", TokenForge.KnownSecret, TimeSpan.FromHours(24));
        await using var host = await TestService.StartAsync(redis.ConnectionString, settings: Slow);
        var forge = Forge();
        (await host.Tokens.VerifyBearerAsync(forge.Token, Cancellation)).IsValid.ShouldBeTrue();
        var before = await SettledAsync(redis);
        var size = await redis.DbSizeAsync();

        foreach (var keyId in KeyIdRows.Impossible)
        {
            var token = KeyIdRows.WithKeyId(forge, keyId);
            (await host.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
            (await host.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
            (await host.Data.VerifyAsync(Data(forge).HeaderMember("kid", $"\"{keyId}\"").Token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
        }

        (await CommandsAsync(redis)).ShouldBe(before);
        (await redis.DbSizeAsync()).ShouldBe(size);

        (await host.CallAsync(Forged(forge)).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await CommandsAsync(redis)).ShouldNotBe(before, "one that could exist is looked for");
        (await redis.DbSizeAsync()).ShouldBe(size);
    }

    [Fact]
    public async Task Ten_thousand_forged_key_ids_a_second_through_the_scheme_cost_two_reads_a_second_and_delay_no_call()
    {
        var stores = new SeededStores(TimeProvider.System);
        await using var host = await TestService.StartAsync(null, settings: Slow, configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(stores)));
        await host.Ring.GetAsync(Cancellation);
        var forge = Forge();
        var forged = new List<Task<AuthenticateResult>>();
        var reads = stores.Reads;
        var writes = stores.Writes;
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var rotated = false;

        for (var turn = 0; turn < 150; turn++)
        {
            for (var call = 0; call < 100; call++) forged.Add(AuthenticateAsync(host, Forged(forge)));
            var good = AuthenticateAsync(host, forge.Token);
            good.IsCompleted.ShouldBeTrue("a right token waits for nothing");
            (await good).Succeeded.ShouldBeTrue();
            if (turn == 75)
            {
                reads = Bounded();
                await host.Ring.RotateAsync(Cancellation);
                rotated = true;
                var next = await host.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
                AuthenticateAsync(host, next).IsCompleted.ShouldBeTrue("the new key was there before it signed");
                (reads, writes, started) = (stores.Reads, stores.Writes, clock.GetTimestamp());
            }

            var wait = TimeSpan.FromMilliseconds(10 * (turn % 75)) - clock.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, Cancellation);
        }

        rotated.ShouldBeTrue();
        Bounded();
        stores.Writes.ShouldBe(writes, "verifying never writes");
        foreach (var result in await Task.WhenAll(forged)) result.Succeeded.ShouldBeFalse();
        stores.Reads.ShouldBeGreaterThan(reads, "unknown keys cause reads");

        int Bounded()
        {
            // The time after the reads: on a slow machine they are allowed no fewer.
            var now = stores.Reads;
            (now - reads).ShouldBeLessThanOrEqualTo(2 * ((int)clock.GetElapsedTime(started).TotalSeconds + 1));
            return now;
        }
    }

    [Fact]
    public async Task A_thousand_forged_key_ids_a_second_over_Kestrel_cost_two_reads_a_second_and_a_rotation_fails_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var inventory = await TestService.StartAsync(redis.ConnectionString, settings: Slow);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", Slow, builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address)
                .AddRewtSigning(options => (options.Audience, options.Retry) = ("inventory", false)));
        using var good = orders.Client("inventory");
        (await good.GetAsync("/secure", Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var forge = Forge();
        var clock = TimeProvider.System;
        var flood = new List<Task<HttpStatusCode>>();

        await SettledAsync(redis);
        // The announcements of both instances are a key too, which is written after the first call.
        var size = await redis.DbSizeAsync();
        var reads = await ReadsAsync(redis);
        var started = clock.GetTimestamp();
        await FloodAsync(80);
        var spent = await ReadsAsync(redis) - reads;
        spent.ShouldBeLessThanOrEqualTo(2 * ((int)clock.GetElapsedTime(started).TotalSeconds + 1));

        // Rotated by the other service, so that this service reads the rotation from Redis.
        await orders.Ring.RotateAsync(Cancellation);
        await FloodAsync(40);

        foreach (var status in await Task.WhenAll(flood)) status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable);
        (await ReadsAsync(redis)).ShouldBeGreaterThan(reads, "unknown keys cause reads");
        (await redis.DbSizeAsync()).ShouldBe(size);

        async Task FloodAsync(int turns)
        {
            var begun = clock.GetTimestamp();
            for (var turn = 1; turn <= turns; turn++)
            {
                for (var call = 0; call < 10; call++) flood.Add(inventory.CallAsync(Forged(forge)).StatusAsync());
                (await good.GetAsync("/secure", Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
                var wait = TimeSpan.FromMilliseconds(10 * turn) - clock.GetElapsedTime(begun);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, Cancellation);
            }
        }
    }

    private static void Slow(RewtOptions options) => options.RefreshInterval = TimeSpan.FromHours(1);

    private static string Forged(TokenForge forge) =>
        forge.HeaderMember("kid", $"\"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))}\"").Token;

    private static TokenForge Forge() => new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private static TokenForge Data(TokenForge forge) => forge.HeaderMember("typ", "\"rewt-data+jwt\"").WithoutClaim("aud");

    private static async Task<AuthenticateResult> AuthenticateAsync(TestService host, string token)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = "Bearer " + token;
        return await context.AuthenticateAsync(RewtDefaults.AuthenticationScheme);
    }

    private static async Task<long> ReadsAsync(RedisServer redis) => (await redis.CommandCountsAsync()).GetValueOrDefault("exec");

    /// <summary>Returns the commands after those of the start have ended: there was no further command for a second.</summary>
    private static async Task<string> SettledAsync(RedisServer redis)
    {
        var (commands, since) = (await CommandsAsync(redis), TimeProvider.System.GetTimestamp());
        await Eventually.TrueAsync(
            async () =>
            {
                var now = await CommandsAsync(redis);
                if (now != commands) (commands, since) = (now, TimeProvider.System.GetTimestamp());
                return TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(1.2);
            },
            "no further command is sent");
        return commands;
    }

    private static async Task<string> CommandsAsync(RedisServer redis)
    {
        var text = new StringBuilder();
        foreach (var (name, calls) in (await redis.CommandCountsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // DBSIZE is the test's own.
            if (name != "dbsize" && !OfTheClientLibrary.Contains(name)) text.Append(name).Append('=').Append(calls).Append(' ');
        }

        return text.ToString();
    }
}
