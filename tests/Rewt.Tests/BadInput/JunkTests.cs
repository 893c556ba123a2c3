namespace Rewt.Tests.BadInput;

/// <summary>
/// Verifies junk in each Redis key that a documented login may write: reads are limited, health names the key, and one command removes the junk while the
/// services run. REWT_JUNK sets the number of entries.
/// </summary>
public sealed class JunkTests
{
    private const string Tag = "{rewt:rewt-secret}";

    /// <summary>A value that is larger than the limit of a read.</summary>
    private static readonly byte[] Large = [.. Enumerable.Repeat((byte)'x', 40 * 1024 * 1024)];

    private static readonly int Entries = int.TryParse(Environment.GetEnvironmentVariable("REWT_JUNK"), CultureInfo.InvariantCulture, out var entries) ? entries : 50_000;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("dead", "ZADD", null)]
    [InlineData("instances", "ZADD", null)]
    [InlineData("ring", "HSET", "The key ring 'rewt' cannot be read (the Redis key '{rewt:rewt-secret}:ring' has more than 20000 entries")]
    [InlineData("apps", "HSET", "The trusted apps of 'rewt' cannot be read (the Redis key '{rewt:rewt-secret}:apps' has more than 20000 entries")]
    [InlineData("app-uses", "HSET", null)]
    public async Task Too_many_entries_in_a_Redis_key_fail_no_call_and_can_be_deleted(string key, string command, string? expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis);
        var app = await Apps.AppService.AddAcmeAsync(service, audiences: ["inventory"]);
        var old = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await Eventually.SucceedsAsync(() => service.Ring.RevokeAndWaitAsync(old, TimeSpan.FromSeconds(5), Cancellation));

        await FillAsync(redis, $"{Tag}:{key}", command, key == "dead");

        if (expected is not null)
        {
            await Eventually.TrueAsync(async () => (await HealthAsync(service)).Contains(expected, StringComparison.Ordinal), "health names the key");
            await Eventually.TrueAsync(() => service.Log.Text.Contains($"the Redis key '{Tag}:{key}' has more than 20000 entries", StringComparison.Ordinal), "the log names the key");
        }

        if (command == "ZADD") (await DoctorAsync(redis)).ShouldContain("too-many-entries");
        await ShouldServeAsync(service, app.Key);

        if (key == "apps") await redis.CommandAsync("EVAL", await RepairAsync(), 1, $"{Tag}:apps");
        else await redis.DelAsync($"{Tag}:{key}");
        await Eventually.TrueAsync(async () => !(await HealthAsync(service)).Contains("cannot be read", StringComparison.Ordinal), "health no longer reports the key");
        if (command == "ZADD") (await DoctorAsync(redis)).ShouldNotContain("too-many-entries");
        await ShouldServeAsync(service, app.Key);
        (await Eventually.SucceedsAsync(() => service.Ring.RotateAsync(Cancellation))).Current!.KeyId.ShouldNotBe(old);
        (await service.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, "a revocation is final");
        (await Apps.AppService.AddAcmeAsync(service, "another", ["inventory"])).Key.ShouldNotBeNull();
    }

    // The revoked keys are read only every 30 seconds, so that their rows take as long.
    [Theory]
    [InlineData("ring", "HSET junk {large}", "The key ring 'rewt' cannot be read (the Redis key '{rewt:rewt-secret}:ring' has more than 32 MB")]
    [InlineData("dead", "ZADD 9999999999999 {large}", "The key ring 'rewt' cannot be read (the Redis key '{rewt:rewt-secret}:dead' has more than 32 MB", Traits = ["Category", "Long"])]
    [InlineData("dead", "SET x", "The Redis key '{rewt:rewt-secret}:dead' is not a sorted set; delete it with DEL", Traits = ["Category", "Long"])]
    [InlineData("apps", "HSET junk {large}", "The trusted apps of 'rewt' cannot be read (the Redis key '{rewt:rewt-secret}:apps' has more than 32 MB")]
    [InlineData("instances", "ZADD 9999999999999 {large}", null)]
    [InlineData("instances", "SET x", null)]
    [InlineData("app-uses", "HSET junk {large}", null)]
    [InlineData("app-uses", "SET x", null)]
    public async Task A_large_or_invalid_Redis_key_fails_no_call_and_can_be_deleted(string key, string junk, string? expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis);
        var app = await Apps.AppService.AddAcmeAsync(service, audiences: ["inventory"]);

        await WriteAsync(redis, $"{Tag}:{key}", junk);

        if (expected is null) await Eventually.SucceedsAsync(() => service.Ring.RotateAsync(Cancellation));
        else await Eventually.TrueAsync(async () => (await HealthAsync(service)).Contains(expected, StringComparison.Ordinal), "health names the key");
        await ShouldServeAsync(service, app.Key);
        await redis.DelAsync($"{Tag}:{key}");
        await Eventually.TrueAsync(async () => !(await HealthAsync(service)).Contains("cannot be read", StringComparison.Ordinal), "health no longer reports the key");
        await Eventually.SucceedsAsync(() => service.Ring.RotateAsync(Cancellation));
        var known = key == "apps" ? await Apps.AppService.AddAcmeAsync(service, "another", ["inventory"]) : app;
        await ShouldServeAsync(service, known.Key);
    }

    [Theory]
    [InlineData("tenants-log", "LPUSH {large}")]
    [InlineData("tenants", "ZADD 9999999999999 {large}")]
    public async Task A_large_entry_in_a_key_of_the_tenants_fails_no_call(string key, string junk)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await Tenants.TenantService.StartAsync(redis, options => options.RefreshInterval = TimeSpan.FromSeconds(1));
        (await Tenants.TenantService.StatusAsync(service, "acme", await Tenants.TenantService.SignAsync(service, "acme"))).ShouldBe(HttpStatusCode.OK);

        await WriteAsync(redis, $"{Tag}:{key}", junk);
        await redis.CommandAsync("HSET", $"{Tag}:ring", "tenants", "another stamp");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => service.Ring.RotateAsync(Cancellation)) is null, "the key ring rotates again");

        for (var revocation = 1; revocation <= 3; revocation++)
        {
            // A busy machine may need longer for the large entry than a command waits.
            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => service.Services.GetRequiredService<IRewtTenants>().RevokeTenantAsync("other", Cancellation)) is null, "a tenant is revoked");
            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => service.Ring.RotateAsync(Cancellation)) is null, "the key ring rotates");
            (await Tenants.TenantService.StatusAsync(service, "acme", await Tenants.TenantService.SignAsync(service, "acme"))).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Tenants_are_listed_in_batches_and_too_much_data_is_an_error_that_names_the_Redis_key()
    {
        const int Tenants = 45_000;
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var connection = await redis.ConnectAsync();
        foreach (var numbers in Enumerable.Range(1, Tenants).Chunk(5_000)) await connection.CommandAsync(["ZADD", $"{Tag}:tenants", .. numbers.SelectMany(number => new object[] { number, $"tenant-{number}" })]);
        Task<Operations.ToolRun> ListAsync() => Operations.ToolRun.RunAsync("tenants", "list", "--redis", redis.ConnectionString, "-o", "json");

        var reads = (await redis.CommandCountsAsync()).GetValueOrDefault("zrange");

        (await ListAsync()).Succeeds().Json.GetProperty("tenants").GetArrayLength().ShouldBe(Tenants);
        (await redis.CommandCountsAsync())["zrange"].ShouldBe(reads + 3);

        await WriteAsync(redis, $"{Tag}:tenants", "ZADD 9999999999999 {large}");
        var run = await ListAsync();
        run.ExitCode.ShouldNotBe(0);
        run.Errors.ShouldContain($"the Redis key '{Tag}:tenants' has more than 32 MB");
    }

    [Theory]
    [InlineData("keys", "HSET junk {large}", true)]
    [InlineData("epoch", "SET {large}", true)]
    [InlineData("dead", "ZADD 9999999999999 {large}", true)]
    [InlineData("keys", "SET x", false)]
    [InlineData("dead", "SET x", false)]
    public async Task A_large_or_invalid_Redis_key_of_one_service_does_not_affect_other_services(string key, string junk, bool isLarge)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var filledService = await StartPairsAsync(redis.ConnectionString, "orders");
        await using var sender = await StartPairsAsync(redis.ConnectionString, "billing");
        await using var receiver = await StartPairsAsync(redis.ConnectionString, "inventory");
        foreach (var service in new[] { filledService, sender }) (await CallAsync(service, receiver)).ShouldBe(HttpStatusCode.OK);

        await WriteAsync(redis, $"{{rewt:rewt-keys}}:orders:{key}", junk);

        var expected = isLarge ? $"the Redis key '{{rewt:rewt-keys}}:orders:{key}' has more than 32 MB" : "one of its Redis keys has the wrong type";
        await Eventually.TrueAsync(async () => (await HealthAsync(receiver)).Contains($"orders, the whole ring: {expected}", StringComparison.Ordinal), "health of the receiver names the key");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => sender.Ring.RotateAsync(Cancellation)) is null, "another service rotates");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
        (await CallAsync(filledService, receiver)).ShouldBe(HttpStatusCode.ServiceUnavailable, "the keys of the service are unknown, and not invalid");

        await redis.DelAsync($"{{rewt:rewt-keys}}:orders:{key}");
        await Eventually.TrueAsync(async () => await CallAsync(filledService, receiver) == HttpStatusCode.OK, "the service has published its keys again");
        await Eventually.TrueAsync(async () => !(await HealthAsync(receiver)).Contains("orders", StringComparison.Ordinal), "health no longer reports the key");
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("keys", "HSET junk {large}")]
    [InlineData("epoch", "SET {large}")]
    [InlineData("dead", "ZADD 9999999999999 {large}")]
    public async Task A_large_Redis_key_that_is_never_read_in_time_is_named_by_health(string key, string junk)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var filledService = await StartPairsAsync(redis.ConnectionString, "orders");
        await using var sender = await StartPairsAsync(redis.ConnectionString, "billing");
        await using var receiver = await StartPairsAsync(proxy.ConnectionString, "inventory");
        foreach (var service in new[] { filledService, sender }) (await CallAsync(service, receiver)).ShouldBe(HttpStatusCode.OK);
        // The large value needs several seconds, and small responses need milliseconds.
        proxy.DelayFromServer = TimeSpan.FromMilliseconds(5);

        await WriteAsync(redis, $"{{rewt:rewt-keys}}:orders:{key}", junk);

        await Eventually.TrueAsync(
            async () => (await HealthAsync(receiver)).Contains($"orders, the whole ring: the Redis key '{{rewt:rewt-keys}}:orders:{key}' has more than 32 MB", StringComparison.Ordinal), "health of the receiver names the key");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("ZADD 9999999999999 {large}", "the Redis key '{rewt:rewt-keys}:dead' has more than 32 MB")]
    [InlineData("SET x", "The Redis key '{rewt:rewt-keys}:dead' is not a sorted set; delete it with DEL")]
    public async Task Unreadable_revocations_are_reported_by_health_until_the_key_is_deleted(string junk, string expected)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var sender = await StartPairsAsync(redis.ConnectionString, "billing");
        await using var receiver = await StartPairsAsync(redis.ConnectionString, "inventory");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);

        await WriteAsync(redis, "{rewt:rewt-keys}:dead", junk);

        await Eventually.TrueAsync(async () => (await HealthAsync(receiver)).Contains(expected, StringComparison.Ordinal), "health names the key");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
        await redis.DelAsync("{rewt:rewt-keys}:dead");
        await Eventually.TrueAsync(async () => !(await HealthAsync(receiver)).Contains("cannot be read", StringComparison.Ordinal), "health no longer reports the key");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Too_many_entries_in_the_key_ring_of_one_service_do_not_affect_others()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var filledService = await StartPairsAsync(redis.ConnectionString, "orders");
        await using var sender = await StartPairsAsync(redis.ConnectionString, "billing");
        await using var receiver = await StartPairsAsync(redis.ConnectionString, "inventory");
        foreach (var service in new[] { filledService, sender }) (await CallAsync(service, receiver)).ShouldBe(HttpStatusCode.OK);

        await FillAsync(redis, "{rewt:rewt-keys}:orders:keys", "HSET", hasValidKeyIds: false);

        await Eventually.TrueAsync(async () => (await HealthAsync(receiver)).Contains("orders, the whole ring", StringComparison.Ordinal), "health of the receiver names the key ring");
        await Eventually.TrueAsync(() => receiver.Log.Text.Contains("the Redis key '{rewt:rewt-keys}:orders:keys' has more than 20000 entries", StringComparison.Ordinal), "the log names the key");
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);
        await Eventually.SucceedsAsync(() => sender.Ring.RotateAsync(Cancellation));
        (await CallAsync(sender, receiver)).ShouldBe(HttpStatusCode.OK);

        await redis.DelAsync("{rewt:rewt-keys}:orders:keys");
        await Eventually.TrueAsync(async () => await CallAsync(filledService, receiver) == HttpStatusCode.OK, "the service has published its keys again");
    }

    private static Task<TestService> StartAsync(RedisServer redis) => TestService.StartAsync(
        redis.ConnectionString,
        settings: options => options.RefreshInterval = TimeSpan.FromSeconds(1),
        configure: builder =>
        {
            builder.Services.AddHealthChecks().AddRewtCheck();
            builder.Services.AddAuthentication().AddRewtApiKeys();
        });

    private static Task<TestService> StartPairsAsync(string redis, string name) => TestService.StartAsync(
        redis,
        name,
        options => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromSeconds(1)),
        builder => builder.Services.AddHealthChecks().AddRewtCheck());

    private static async Task<HttpStatusCode> CallAsync(TestService sender, TestService receiver) =>
        await receiver.CallAsync(await sender.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation)).StatusAsync();

    /// <summary>Verifies that a token and an API key are accepted.</summary>
    private static async Task ShouldServeAsync(TestService service, string apiKey)
    {
        (await service.CallAsync(await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync("/counted", "ApiKey " + apiKey).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> HealthAsync(TestService service) =>
        (await service.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"].Description!;

    /// <summary>Writes a value into a Redis key. SET replaces the key; other commands add an entry.</summary>
    private static async Task WriteAsync(RedisServer redis, string key, string junk)
    {
        var parts = junk.Split(' ');
        if (parts[0] == "SET") await redis.DelAsync(key);
        await redis.CommandAsync([parts[0], key, .. parts[1..].Select(part => part == "{large}" ? (object)Large : part)]);
    }

    private static async Task FillAsync(RedisServer redis, string key, string command, bool hasValidKeyIds)
    {
        await using var connection = await redis.ConnectAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var epoch = await redis.CliAsync("HGET", $"{Tag}:ring", "epoch");
        // In one transaction: a read of a partly filled key would be logged, and the next log message is suppressed for a minute.
        await connection.CommandAsync("MULTI");
        foreach (var numbers in Enumerable.Range(0, Entries).Chunk(5_000))
        {
            // Valid key ids with scores in the near future, because only those are read.
            var entries = numbers.SelectMany(number => command == "ZADD"
                ? new object[] { now + 3_600_000 + number, hasValidKeyIds ? KeyId.Of(BitConverter.GetBytes(number)).ToString() : $"orders/{number:x12}|{epoch}|0" }
                : [$"junk-{number}", "a value of some twenty"]);
            await connection.CommandAsync([command, key, .. entries]);
        }

        await connection.CommandAsync("EXEC");
    }

    private static async Task<string> DoctorAsync(RedisServer redis) => (await Operations.ToolRun.RunAsync("doctor", "--redis", redis.ConnectionString, "-o", "json")).Output;

    /// <summary>Returns the script of the runbook.</summary>
    private static async Task<string> RepairAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "operations", "runbook.md"), Cancellation);
        return Regex.Match(page, "redis-cli EVAL \"(?<script>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture).Groups["script"].Value;
    }
}
