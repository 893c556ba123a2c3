namespace Rewt.Tests.Samples;

/// <summary>Creates bearer tokens as a service with the given name does.</summary>
internal static class ServiceToken
{
    public static async Task<string> CreateAsync(RedisServer redis, string service, string audience)
    {
        await using var services = new ServiceCollection()
            .AddRewtKeys(options => (options.ServiceName, options.Redis) = (service, redis.ConnectionString))
            .BuildServiceProvider();
        return await services.GetRequiredService<IRewtTokens>().CreateBearerAsync(audience, cancellationToken: Cancellation);
    }
}
