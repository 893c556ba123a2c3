namespace Rewt.Tests.Ring;

public sealed class GarnetRingStoreTests(GarnetFixture fixture) : RedisRingStoreContract(fixture), IClassFixture<GarnetFixture>;
