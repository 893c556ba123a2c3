namespace Rewt.Tests.Faults;

/// <summary>Connection strings that name several servers, of which not all are there.</summary>
public sealed class DeadEndpointTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dead_server_before_the_one_that_lives_does_not_fail_the_first_call(bool isRefused)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var dead = TcpProxy.Start(redis.Port);
        if (isRefused) dead.Refuse();
        else dead.Hold();
        await using var instance = Instance.Start($"{dead.ConnectionString},{redis.ConnectionString}");

        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
    }
}
