namespace Rewt.Tests.BadInput;

/// <summary>Verifies that forged key ids cause few Redis commands, and neither delay nor fail calls with valid tokens.</summary>
[Collection(WholeProcess.Name)]
public sealed class KeyIdFloodTests
{
    private static readonly string[] CommandsOfTheClientLibrary = ["ping", "info", "config|get", "client|setname", "cluster|nodes", "echo", "subscribe", "hello", "select"];

    [Fact]
    public async Task A_malformed_key_id_causes_no_Redis_command_and_creates_no_key()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.SetAsync("rewt:rewt-secret", TokenForge.KnownSecret, TimeSpan.FromHours(24));
        await using var host = await TestService.StartAsync(redis.ConnectionString, settings: UseLongInterval);
        var forge = Forge();
        (await host.Tokens.VerifyBearerAsync(forge.Token, Cancellation)).IsValid.ShouldBeTrue();
        await host.WaitForDoctorAsync();
        await redis.WaitUntilQuietAsync();
        var before = await CommandsAsync(redis);
        var size = await redis.DbSizeAsync();

        foreach (var keyId in KeyIdRows.MalformedKeyIds)
        {
            var token = KeyIdRows.WithKeyId(forge, keyId);
            (await host.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
            (await host.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
            (await host.Data.VerifyAsync(Data(forge).HeaderMember("kid", $"\"{keyId}\"").Token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
        }

        (await CommandsAsync(redis)).ShouldBe(before);
        (await redis.DbSizeAsync()).ShouldBe(size);

        (await host.CallAsync(Forged(forge)).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await CommandsAsync(redis)).ShouldNotBe(before, "a well-formed key id is looked up");
        (await redis.DbSizeAsync()).ShouldBe(size);
    }

    /// <summary>Sends ten thousand forged key ids a second through the authentication scheme.</summary>
    [Fact]
    public async Task Forged_key_ids_cause_two_reads_a_second_and_delay_no_valid_token()
    {
        var stores = new KnownSecretStoreFactory(TimeProvider.System);
        await using var host = await TestService.StartAsync(null, settings: UseLongInterval, configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(stores)));
        await host.Ring.GetAsync(Cancellation);
        var forge = Forge();
        var forged = new List<Task<AuthenticateResult>>();
        var reads = stores.Reads;
        var writes = stores.Writes;
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var rotated = false;

        for (var step = 0; step < 150; step++)
        {
            for (var call = 0; call < 100; call++) forged.Add(AuthenticateAsync(host, Forged(forge)));
            var valid = AuthenticateAsync(host, forge.Token);
            valid.IsCompleted.ShouldBeTrue("a valid token does not wait");
            (await valid).Succeeded.ShouldBeTrue();
            if (step == 75)
            {
                reads = CheckReads();
                await host.Ring.RotateAsync(Cancellation);
                rotated = true;
                var next = await host.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
                AuthenticateAsync(host, next).IsCompleted.ShouldBeTrue("the new key was known before it signed");
                (reads, writes, started) = (stores.Reads, stores.Writes, clock.GetTimestamp());
            }

            var wait = TimeSpan.FromMilliseconds(10 * (step % 75)) - clock.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, Cancellation);
        }

        rotated.ShouldBeTrue();
        CheckReads();
        stores.Writes.ShouldBe(writes, "verifying does not write");
        foreach (var result in await Task.WhenAll(forged)) result.Succeeded.ShouldBeFalse();
        stores.Reads.ShouldBeGreaterThan(reads, "unknown keys cause reads");

        int CheckReads()
        {
            // The time is measured after the reads, so that a slow machine does not lower the limit.
            var now = stores.Reads;
            (now - reads).ShouldBeLessThanOrEqualTo(2 * ((int)clock.GetElapsedTime(started).TotalSeconds + 1));
            return now;
        }
    }

    /// <summary>Sends a thousand forged key ids a second over Kestrel, also during a rotation.</summary>
    [Fact]
    public async Task Forged_key_ids_over_Kestrel_cause_two_reads_a_second_and_fail_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var inventory = await TestService.StartAsync(redis.ConnectionString, settings: UseLongInterval);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", UseLongInterval, builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address)
                .AddRewtSigning(options => (options.Audience, options.Retry) = ("inventory", false)));
        using var client = orders.Client("inventory");
        (await client.GetAsync("/secure", Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var forge = Forge();
        var clock = TimeProvider.System;
        var flood = new List<Task<HttpStatusCode>>();

        await redis.WaitUntilQuietAsync();
        // The announcements of both instances are also a key, which is written after the first call.
        var size = await redis.DbSizeAsync();
        var reads = await ReadsAsync(redis);
        var started = clock.GetTimestamp();
        await FloodAsync(80);
        var added = await ReadsAsync(redis) - reads;
        added.ShouldBeLessThanOrEqualTo(2 * ((int)clock.GetElapsedTime(started).TotalSeconds + 1));

        // Rotated by the other service, so that this service reads the rotation from Redis.
        await orders.Ring.RotateAsync(Cancellation);
        await FloodAsync(40);

        foreach (var status in await Task.WhenAll(flood)) status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable);
        (await ReadsAsync(redis)).ShouldBeGreaterThan(reads, "unknown keys cause reads");
        (await redis.DbSizeAsync()).ShouldBe(size);

        async Task FloodAsync(int steps)
        {
            var startedFlood = clock.GetTimestamp();
            for (var step = 1; step <= steps; step++)
            {
                for (var call = 0; call < 10; call++) flood.Add(inventory.CallAsync(Forged(forge)).StatusAsync());
                (await client.GetAsync("/secure", Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
                var wait = TimeSpan.FromMilliseconds(10 * step) - clock.GetElapsedTime(startedFlood);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, Cancellation);
            }
        }
    }

    private static void UseLongInterval(RewtOptions options) => options.RefreshInterval = TimeSpan.FromHours(1);

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

    private static async Task<string> CommandsAsync(RedisServer redis)
    {
        var text = new StringBuilder();
        foreach (var (name, calls) in (await redis.CommandCountsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // The test itself sends DBSIZE.
            if (name != "dbsize" && !CommandsOfTheClientLibrary.Contains(name)) text.Append(name).Append('=').Append(calls).Append(' ');
        }

        return text.ToString();
    }
}
