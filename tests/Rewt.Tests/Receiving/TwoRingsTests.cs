namespace Rewt.Tests.Receiving;

public sealed class TwoRingsTests
{
    private static readonly string[] ServicesFirst = ["Rewt", "Users"];
    private static readonly string[] UsersFirst = ["Users", "Rewt"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_policy_with_two_schemes_accepts_tokens_of_both_rings_without_Redis_commands(bool isResolverWrapped)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var host = await StartAsync(redis, isResolverWrapped);
        var users = host.Services.GetRequiredKeyedService<IRewtTokens>("Users");
        foreach (var path in new[] { "/services-first", "/users-first" })
        {
            (await host.CallAsync(await TokenAsync(host.Tokens), path).StatusAsync()).ShouldBe(HttpStatusCode.OK);
            (await host.CallAsync(await TokenAsync(users), path).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        }

        await redis.WaitForStartupAsync(keyRings: 2);
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
    public async Task A_token_for_another_service_is_refused_only_as_bad_audience(string path)
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
    public async Task A_tenant_claim_without_a_tenant_key_is_refused_by_the_namespace_without_tenants()
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
