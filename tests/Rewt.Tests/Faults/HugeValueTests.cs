namespace Rewt.Tests.Faults;

[Collection(WholeProcess.Name)]
public sealed class HugeValueTests
{
    [Fact]
    public async Task A_value_of_a_hundred_megabytes_is_not_read()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var allocated = GC.GetTotalAllocatedBytes();

        await redis.CommandAsync("SETRANGE", "rewt:rewt-secret", 100_000_000, "x");
        await Eventually.TrueAsync(
            async () => (await Record.ExceptionAsync(() => instance.SignAsync()))?.Message.Contains("more than 4096 bytes", StringComparison.Ordinal) == true,
            "it is seen");

        (GC.GetTotalAllocatedBytes() - allocated).ShouldBeLessThan(50_000_000);
    }
}
