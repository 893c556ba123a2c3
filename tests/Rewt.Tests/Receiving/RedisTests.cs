using StackExchange.Redis;

namespace Rewt.Tests.Receiving;

public sealed class RedisTests
{
    [Fact]
    public async Task Disposing_synchronously_closes_the_connections()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var before = await ClientsAsync(redis);
        var services = new ServiceCollection();
        services.AddRewt(options => (options.Redis, options.ServiceName) = (redis.ConnectionString, "worker"));
        using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IRewtKeyRing>().GetAsync(TestContext.Current.CancellationToken);
            (await ClientsAsync(redis)).ShouldBeGreaterThan(before);
        }

        await Eventually.TrueAsync(async () => await ClientsAsync(redis) <= before, "the connections are closed");
    }

    private static async Task<int> ClientsAsync(RedisServer redis) =>
        (await redis.CliAsync("CLIENT", "LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public async Task A_service_starts_without_Redis_and_recovers_by_itself(int milliseconds)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString);
        using var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", HandmadeToken.Sign(Secret.Generate()));

        using var open = await client.GetAsync(new Uri("/open", UriKind.Relative), TestContext.Current.CancellationToken);
        open.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var secure = await client.GetAsync(new Uri("/secure", UriKind.Relative), TestContext.Current.CancellationToken);
        secure.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        int.Parse(secure.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBePositive();
        secure.Headers.Contains("WWW-Authenticate").ShouldBeFalse();
        // Reconnection is tried at different moments of its pause.
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, TestContext.Current.CancellationToken);

        await redis.RestartAsync();

        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers a signed call with 200");
    }

    [Fact]
    public async Task A_service_reconnects_after_Redis_was_away()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString);
        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");

        await redis.KillAsync();
        await Eventually.TrueAsync(() => FailsToRefreshAsync(service), "the service notices that Redis is away");
        await redis.RestartAsync();

        await Eventually.TrueAsync(async () => !await FailsToRefreshAsync(service), "the service reads Redis again");
        (await AnswersAsync(service)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("rewt")]
    public async Task A_multiplexer_of_the_application_goes_before_the_connection_string_and_stays_open(string? key)
    {
        await using var redis = await RedisServer.StartAsync();
        using var multiplexer = await ConnectAsync(redis);
        await using (var service = await TestService.StartAsync($"127.0.0.1:{FreePort.Next()}", configure: builder =>
        {
            if (key is null) builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
            else builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(key, multiplexer);
        }))
        {
            await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");
        }

        multiplexer.IsConnected.ShouldBeTrue();
        (await multiplexer.GetDatabase().KeyExistsAsync("rewt:rewt-secret")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_multiplexer_keyed_by_the_namespace_goes_before_one_without_a_key()
    {
        await using var right = await RedisServer.StartAsync();
        await using var wrong = await RedisServer.StartAsync();
        using var keyed = await ConnectAsync(right);
        using var unkeyed = await ConnectAsync(wrong);
        await using var service = await TestService.StartAsync(null!, settings: options => options.Namespace = "shop", configure: builder =>
        {
            // TestService without a connection string keeps keys in memory; this one is for Redis.
            foreach (var factory in builder.Services.Where(descriptor => descriptor.ServiceType == typeof(IRingStoreFactory)).ToList())
            {
                builder.Services.Remove(factory);
            }

            builder.Services.AddKeyedSingleton<IConnectionMultiplexer>("shop", keyed);
            builder.Services.AddSingleton<IConnectionMultiplexer>(unkeyed);
            builder.Services.AddRewt();
        });

        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");

        (await right.GetAsync("shop:rewt-secret")).ShouldNotBeNull();
        (await wrong.DbSizeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_multiplexer_that_cannot_be_made_at_first_is_asked_for_again()
    {
        await using var redis = await RedisServer.StartAsync();
        var attempts = 0;
        var ready = false;
        await using var service = await TestService.StartAsync($"127.0.0.1:{FreePort.Next()}", configure: builder =>
            builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            {
                Interlocked.Increment(ref attempts);
                return Volatile.Read(ref ready)
                    ? ConnectionMultiplexer.Connect(redis.ConnectionString)
                    : throw new InvalidOperationException("no multiplexer yet");
            }));
        await Eventually.TrueAsync(() => Volatile.Read(ref attempts) > 0, "the factory is asked");
        (await AnswersAsync(service)).ShouldBeFalse();

        Volatile.Write(ref ready, true);

        await Eventually.TrueAsync(() => AnswersAsync(service), "the service answers");
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(RedisServer redis) => await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

    /// <summary>Whether a call with a token of the service's own ring is answered with 200.</summary>
    private static async Task<bool> AnswersAsync(TestService service)
    {
        string token;
        try
        {
            token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken);
        }
        catch (RewtKeysUnavailableException)
        {
            return false;
        }

        using var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var response = await client.GetAsync(new Uri("/secure", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private static async Task<bool> FailsToRefreshAsync(TestService service)
    {
        try
        {
            var unknown = HandmadeToken.Sign(Secret.Generate());
            await service.Tokens.VerifyBearerAsync(unknown, TestContext.Current.CancellationToken);
            return false;
        }
        catch (RewtKeysUnavailableException)
        {
            return true;
        }
    }
}
