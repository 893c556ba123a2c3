namespace Rewt.Tests.Receiving;

public sealed class TwoRingsTests
{
    private static readonly string[] ServicesFirst = ["Rewt", "Users"];
    private static readonly string[] UsersFirst = ["Users", "Rewt"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Good_tokens_of_either_ring_pass_a_policy_with_both_and_send_redis_nothing(bool isResolverWrapped)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await StartAsync(redis, isResolverWrapped);
        var users = host.Services.GetRequiredKeyedService<IRewtTokens>("Users");
        foreach (var path in new[] { "/services-first", "/users-first" })
        {
            (await host.CallAsync(await TokenAsync(host.Tokens), path).StatusAsync()).ShouldBe(HttpStatusCode.OK);
            (await host.CallAsync(await TokenAsync(users), path).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        }

        await redis.StartsEndAsync(rings: 2);
        var before = (await redis.CommandCountsAsync()).GetValueOrDefault("exec");
        for (var i = 0; i < 10; i++)
        {
            (await host.CallAsync(await TokenAsync(users), "/services-first")).Dispose();
            (await host.CallAsync(await TokenAsync(host.Tokens), "/users-first")).Dispose();
        }

        (await redis.CommandCountsAsync()).GetValueOrDefault("exec").ShouldBe(before);
    }

    [Theory]
    [InlineData("/services-first")]
    [InlineData("/users-first")]
    public async Task A_token_for_another_service_is_refused_for_that_reason_alone(string path)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await StartAsync(redis);
        await TokenAsync(host.Services.GetRequiredKeyedService<IRewtTokens>("Users"));
        var token = await host.Tokens.CreateBearerAsync("shipping", cancellationToken: Cancellation);

        var challenges = await host.CallAsync(token, path).ChallengeAsync();

        challenges.ShouldContain("rewt_error=\"bad_audience\"");
        challenges.ShouldNotContain("stale_key");
    }

    [Fact]
    public async Task A_token_that_names_a_tenant_stays_with_a_namespace_without_tenants_if_its_key_is_not_that_of_a_tenant()
    {
        await using var host = await Receiver.StartAsync(
            services => services.AddAuthentication().AddRewt("Users", options => (options.Namespace, options.Tenants.Enabled) = ("users", true)));

        using var answer = await host.GetWithTokenAsync(HandmadeToken.Sign(Ring.Rings.Secret("another"), new() { ["tenant"] = "acme" }));

        answer.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"stale_key\"");
    }

    private static Task<TestService> StartAsync(RedisServer redis, bool isResolverWrapped = false) => TestService.StartAsync(
        redis.ConnectionString,
        settings: options => options.RefreshInterval = TimeSpan.FromMinutes(1),
        configure: builder =>
        {
            if (isResolverWrapped) WrappingResolver.Register(builder);
            builder.Services.AddAuthentication().AddRewt("Users", options =>
            {
                options.Namespace = "users";
                options.RefreshInterval = TimeSpan.FromMinutes(1);
            });
        },
        map: application =>
        {
            application.MapGet("/services-first", () => "in").RequireAuthorization(policy => policy.AddAuthenticationSchemes(ServicesFirst).RequireAuthenticatedUser());
            application.MapGet("/users-first", () => "in").RequireAuthorization(policy => policy.AddAuthenticationSchemes(UsersFirst).RequireAuthenticatedUser());
        });

    private static Task<string> TokenAsync(IRewtTokens tokens) => tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
}
