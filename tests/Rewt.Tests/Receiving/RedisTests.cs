using StackExchange.Redis;

namespace Rewt.Tests.Receiving;

public sealed class RedisTests
{
    [Fact]
    public async Task Disposing_the_service_provider_synchronously_closes_the_connections()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var before = await ClientsAsync(redis);
        var services = new ServiceCollection();
        services.AddRewtKeys(options => (options.Redis, options.ServiceName) = (redis.ConnectionString, "worker"));
        using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IRewtKeyRing>().GetAsync(Cancellation);
            (await ClientsAsync(redis)).ShouldBeGreaterThan(before);
        }

        await Eventually.TrueAsync(async () => await ClientsAsync(redis) <= before, "the connections are closed");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",defaultDatabase=0", "")]
    [InlineData(",defaultDatabase=3", " (database 3)")]
    public async Task The_log_names_the_server_and_the_database_of_the_connection_at_the_start(string option, string database)
    {
        var server = $"127.0.0.1:{FreePort.Next()}";
        await using var service = await HostAsync(builder => builder.Configuration["ConnectionStrings:redis"] = server + option);

        ConnectionLogLine(service).ShouldContain($"Rewt uses a connection to {server}{database} from ConnectionStrings:redis:");
    }

    private static async Task<int> ClientsAsync(RedisServer redis) =>
        (await redis.CliAsync("CLIENT", "LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    [Theory]
    [InlineData(null)]
    [InlineData("rewt")]
    public async Task A_registered_multiplexer_takes_precedence_over_ConnectionStrings_redis_and_stays_open(string? key)
    {
        await using var redis = await RedisServer.StartAsync();
        using var multiplexer = await ConnectAsync(redis);
        await using (var service = await HostAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:redis"] = $"127.0.0.1:{FreePort.Next()}";
            if (key is null) builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
            else builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(key, multiplexer);
        }))
        {
            await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");
            ConnectionLogLine(service).ShouldContain(key is null ? "uses the registered IConnectionMultiplexer: no setting of Rewt" : "with the key 'rewt'");
        }

        multiplexer.IsConnected.ShouldBeTrue();
        (await multiplexer.GetDatabase().KeyExistsAsync("rewt:rewt-secret")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_multiplexer_keyed_by_the_namespace_takes_precedence_over_an_unkeyed_one()
    {
        await using var right = await RedisServer.StartAsync();
        await using var wrong = await RedisServer.StartAsync();
        using var keyed = await ConnectAsync(right);
        using var unkeyed = await ConnectAsync(wrong);
        await using var service = await HostAsync(
            builder =>
            {
                builder.Services.AddKeyedSingleton<IConnectionMultiplexer>("shop", keyed);
                builder.Services.AddSingleton<IConnectionMultiplexer>(unkeyed);
            },
            options => options.Namespace = "shop");

        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");

        (await right.GetAsync("shop:rewt-secret")).ShouldNotBeNull();
        (await wrong.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task ConnectionStrings_redis_is_used_if_no_other_connection_is_configured()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await HostAsync(builder => builder.Configuration["ConnectionStrings:redis"] = redis.ConnectionString + ",password=not-to-be-shown");

        ConnectionLogLine(service).ShouldContain($"a connection to {redis.ConnectionString} from ConnectionStrings:redis");
        ConnectionLogLine(service).ShouldNotContain("not-to-be-shown");
    }

    [Theory]
    [InlineData("Rewt:Redis", "from Rewt:Redis")]
    [InlineData(nameof(RewtOptions.Redis), "from Rewt:Redis")]
    [InlineData(nameof(RewtOptions.ConfigurationOptions), "from RewtOptions.ConfigurationOptions")]
    [InlineData(nameof(RewtOptions.ConnectionMultiplexerFactory), "the connection that RewtOptions.ConnectionMultiplexerFactory returns")]
    public async Task A_Redis_setting_takes_precedence_over_registered_multiplexers_and_is_logged(string setting, string expected)
    {
        await using var right = await RedisServer.StartAsync();
        await using var wrong = await RedisServer.StartAsync();
        using var given = await ConnectAsync(right);
        using var registered = await ConnectAsync(wrong);
        await using (var service = await HostAsync(
            builder =>
            {
                builder.Configuration["ConnectionStrings:redis"] = wrong.ConnectionString;
                if (setting == "Rewt:Redis") builder.Configuration[setting] = right.ConnectionString;
                builder.Services.AddKeyedSingleton<IConnectionMultiplexer>("rewt", registered);
                builder.Services.AddSingleton<IConnectionMultiplexer>(registered);
            },
            options =>
            {
                if (setting == nameof(options.Redis)) options.Redis = right.ConnectionString;
                if (setting == nameof(options.ConfigurationOptions)) options.ConfigurationOptions = ConfigurationOptions.Parse(right.ConnectionString);
                if (setting == nameof(options.ConnectionMultiplexerFactory)) options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(given);
            }))
        {
            await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");
            ConnectionLogLine(service).ShouldContain(expected);
            ConnectionLogLine(service).ShouldContain("takes precedence over the registered IConnectionMultiplexer");
        }

        (await right.GetAsync("rewt:rewt-secret")).ShouldNotBeNull();
        (await wrong.DbSizeAsync()).ShouldBe(0);
        given.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_opened_by_a_request_does_not_capture_its_execution_context()
    {
        var request = new AsyncLocal<string?> { Value = "the first request" };
        var seen = "not opened";
        var options = new RewtOptions
        {
            ConnectionMultiplexerFactory = () =>
            {
                seen = request.Value;
                throw new InvalidOperationException("no server");
            },
        };
        await using var provider = new ServiceCollection().BuildServiceProvider();
        await using var store = new RedisRingStoreFactory(provider, TimeProvider.System).OpenOneTime(options);

        await Should.ThrowAsync<InvalidOperationException>(() => store.TryUseAsync("rewt", "inventory", "a", TimeSpan.FromMinutes(1), Cancellation));

        seen.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_scheme_uses_the_Redis_connection_of_the_first_scheme()
    {
        await using var redis = await RedisServer.StartAsync();
        using var multiplexer = await ConnectAsync(redis);
        await using var service = await HostAsync(
            builder => builder.Services.AddRewtKeys("Users", options => options.Namespace = "users"),
            options => options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(multiplexer));

        await service.Services.GetRequiredKeyedService<IRewtKeyRing>("Users").GetAsync(Cancellation);

        (await redis.GetAsync("users:rewt-secret")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_multiplexer_factory_that_fails_at_first_is_called_again()
    {
        await using var redis = await RedisServer.StartAsync();
        var attempts = 0;
        var ready = false;
        await using var service = await HostAsync(builder =>
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            {
                Interlocked.Increment(ref attempts);
                return Volatile.Read(ref ready)
                    ? ConnectionMultiplexer.Connect(redis.ConnectionString)
                    : throw new InvalidOperationException("no multiplexer yet");
            }));
        await Eventually.TrueAsync(() => Volatile.Read(ref attempts) > 0, "the factory is called");
        (await AnswersAsync(service)).ShouldBeFalse();

        Volatile.Write(ref ready, true);

        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replaced_multiplexer_is_used_with_its_push_subscription_without_an_outage(bool isRegistered)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        IConnectionMultiplexer current = await ConnectAsync(redis);
        var calls = 0;
        var service = await HostAsync(
            builder =>
            {
                if (isRegistered) builder.Services.AddTransient(_ => Next());
            },
            options =>
            {
                if (!isRegistered) options.ConnectionMultiplexerFactory = () => Task.FromResult(Next());
            });
        IConnectionMultiplexer Next()
        {
            Interlocked.Increment(ref calls);
            return Volatile.Read(ref current);
        }

        await using (service)
        {
            await Eventually.TrueAsync(async () => await SubscribersAsync(redis) == 1, "the service is subscribed");
            var key = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
            calls.ShouldBe(1);

            var former = current;
            Volatile.Write(ref current, await ConnectAsync(redis));
            await former.DisposeAsync();
            await service.Ring.RotateAsync(Cancellation);

            calls.ShouldBe(2);
            (await service.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldNotBe(key);
            (await SubscribersAsync(redis)).ShouldBe(1);
            service.Log.Text.ShouldNotContain("StoreUnavailable");
        }

        // The container disposes the multiplexer that it returned; the library disposes none.
        current.IsConnected.ShouldBe(!isRegistered);
        await current.DisposeAsync();
    }

    [Fact]
    public async Task A_disposed_multiplexer_is_an_outage_until_it_is_replaced()
    {
        await using var redis = await RedisServer.StartAsync();
        var current = await ConnectAsync(redis);
        await using var service = await HostAsync(_ => { }, options => options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(Volatile.Read(ref current)));
        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");

        await current.DisposeAsync();

        await Eventually.TrueAsync(() => FailsToRefreshAsync(service), "the outage is detected");
        (await AnswersAsync(service)).ShouldBeTrue();
        Volatile.Write(ref current, await ConnectAsync(redis));
        await Eventually.TrueAsync(async () => !await FailsToRefreshAsync(service), "the service reads Redis again");
        await current.DisposeAsync();
    }

    /// <summary>Starts a service with its keys in Redis, on the connection that the test configures.</summary>
    private static Task<TestService> HostAsync(Action<WebApplicationBuilder> configure, Action<RewtOptions>? settings = null) => TestService.HostAsync(builder =>
    {
        builder.Services.AddRewtAuthentication(options =>
        {
            options.ServiceName = "inventory";
            settings?.Invoke(options);
        });
        configure(builder);
    });

    private static string ConnectionLogLine(TestService service) => service.Log.Text.Split('\n').Single(line => line.StartsWith("Information RedisChosen: ", StringComparison.Ordinal));

    private static async Task<long> SubscribersAsync(RedisServer redis) => (long)((object?[])(await redis.CommandAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look"))!)[1]!;

    private static async Task<ConnectionMultiplexer> ConnectAsync(RedisServer redis) => await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

    /// <summary>Gets whether a call with a token of the service's own ring returns 200.</summary>
    private static async Task<bool> AnswersAsync(TestService service)
    {
        string token = "";
        var failure = await Record.ExceptionAsync(async () => token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation));
        return failure is not RewtKeysUnavailableException && await service.CallAsync(token).StatusAsync() == HttpStatusCode.OK;
    }

    private static async Task<bool> FailsToRefreshAsync(TestService service) =>
        await Record.ExceptionAsync(() => service.Tokens.VerifyBearerAsync(HandmadeToken.Sign(Secret.Generate()), Cancellation)) is RewtKeysUnavailableException;
}
