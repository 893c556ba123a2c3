namespace Rewt.Tests.Ring;

public sealed class RealRedisFixture() : RedisServerFixture(RedisServerKind.Real);
