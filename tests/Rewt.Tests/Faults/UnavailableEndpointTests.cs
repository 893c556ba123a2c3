namespace Rewt.Tests.Faults;

/// <summary>Tests connection strings that name several servers of which some are unavailable.</summary>
public sealed class UnavailableEndpointTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unavailable_first_endpoint_does_not_fail_the_first_call(bool isRefused)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var unavailable = TcpProxy.Start(redis.Port);
        if (isRefused) unavailable.Refuse();
        else unavailable.Hold();

        // On a slow machine the first call of an instance can exceed its time limit, so several instances may try.
        await Eventually.TrueAsync(
            async () =>
            {
                await using var instance = Instance.Start($"{unavailable.ConnectionString},{redis.ConnectionString}");
                return await Record.ExceptionAsync(async () => (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None)) is null;
            },
            "the first call of an instance succeeds");
    }
}
