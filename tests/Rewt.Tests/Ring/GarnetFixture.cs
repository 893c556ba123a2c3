namespace Rewt.Tests.Ring;

public sealed class GarnetFixture() : RedisServerFixture(RedisServerKind.Garnet);
