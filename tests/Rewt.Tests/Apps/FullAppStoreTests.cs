namespace Rewt.Tests.Apps;

/// <summary>An app that would make the list of apps too large to be read is refused when it is added.</summary>
public sealed class FullAppStoreTests
{
    private const string Key = "{rewt:rewt-secret}:apps";

    [Theory]
    [InlineData(19_000, 20)]
    // The data can still be read, but take more than 24 MB of memory.
    [InlineData(18_900, 1_400)]
    public async Task A_new_app_is_refused_in_a_full_store_and_the_other_apps_can_be_used_and_revoked(int entries, int length)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await AppService.StartAsync(redis.ConnectionString);
        var acme = await AppService.AddAcmeAsync(service);
        await using (var connection = await redis.ConnectAsync())
        {
            var value = new string('x', length);
            // The hash has one field for the app and one for the stamp.
            foreach (var numbers in Enumerable.Range(0, entries - 2).Chunk(100)) await connection.CommandAsync(["HSET", Key, .. numbers.SelectMany(number => new object[] { $"other-{number}", value })]);
        }

        var exception = await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            for (var number = 0; number < 3; number++) await AppService.AddAcmeAsync(service, $"new-{number}");
        });

        exception.Message.ShouldBe($"The Redis key '{Key}' is full: it has 19000 entries, or takes 24 MB of memory; delete unused apps with HDEL.");
        (await service.GetAsync("/counted", "ApiKey " + acme.Key).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await service.Services.GetRequiredService<IRewtApps>().RevokeAsync("acme", Cancellation)).ShouldBeTrue();
    }
}
