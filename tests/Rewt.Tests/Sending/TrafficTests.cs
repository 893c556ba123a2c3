namespace Rewt.Tests.Sending;

public sealed class TrafficTests
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("DEL")]
    [InlineData("SET")]
    public async Task A_secret_that_is_dropped_by_hand_under_traffic_fails_no_call(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await TrafficFleet.StartAsync(redis, options => options.RefreshInterval = RefreshInterval);
        var old = await fleet.Callers[0].Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var fresh = Secret.Generate();
        var traffic = fleet.RunAsync(TimeSpan.FromSeconds(4));
        await Eventually.TrueAsync(() => fleet.Calls > 20, "traffic flows");

        if (command == "DEL") await redis.DelAsync("rewt:rewt-secret");
        else await redis.SetAsync("rewt:rewt-secret", fresh.CopyBytes());
        // The interval itself, and what a busy machine needs to get round to it.
        await Eventually.TrueAsync(() => fleet.AllRefuseAsync(old), "all refuse the old token");
        await traffic;

        fleet.Failures.ShouldBeEmpty();
        (await fleet.AllRefuseAsync(old)).ShouldBeTrue();
        var current = (await fleet.Callees[0].Ring.GetAsync(Cancellation)).Current!.KeyId;
        if (command == "SET") current.ShouldBe(fresh.KeyId);
        (await redis.PttlAsync("rewt:rewt-secret")).ShouldBeGreaterThan((long)TimeSpan.FromHours(23).TotalMilliseconds);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Rotation_under_load_fails_no_call_and_needs_no_retry()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await TrafficFleet.StartAsync(redis, options =>
        {
            options.RotationInterval = TimeSpan.FromSeconds(2);
            options.RefreshInterval = TimeSpan.FromMilliseconds(200);
        });

        await fleet.RunAsync(TimeSpan.FromSeconds(7));

        fleet.Failures.ShouldBeEmpty();
        fleet.Calls.ShouldBeGreaterThan(100);
        fleet.Keys.Count.ShouldBeGreaterThanOrEqualTo(3);
        fleet.Requests.ShouldBe(fleet.Calls);
    }
}
