using Rewt.Tests.Ring;

namespace Rewt.Tests.Apps;

public sealed class GarnetAppStoreTests(GarnetFixture fixture) : RedisAppStoreContract(fixture), IClassFixture<GarnetFixture>;
