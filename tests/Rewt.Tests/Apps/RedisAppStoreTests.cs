using Rewt.Tests.Ring;

namespace Rewt.Tests.Apps;

public sealed class RedisAppStoreTests(RealRedisFixture fixture) : RedisAppStoreContract(fixture), IClassFixture<RealRedisFixture>
{
    public override ValueTask InitializeAsync()
    {
        Require.RealRedis();
        return base.InitializeAsync();
    }
}
