namespace Rewt.Tests.Ring;

public sealed class RedisRingStoreTests(RealRedisFixture fixture) : RedisRingStoreContract(fixture), IClassFixture<RealRedisFixture>
{
    public override ValueTask InitializeAsync()
    {
        Require.RealRedis();
        return base.InitializeAsync();
    }
}
