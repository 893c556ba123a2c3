namespace Rewt.Tests.Apps;

/// <summary>An app that would make the list of apps too large to be read is refused when it is added.</summary>
public sealed class FullAppStoreTests
{
    private const string Key = "{rewt:rewt-secret}:apps";

    [Theory]
    [InlineData(19_999, 20)]
    [InlineData(370, 90_000)]
    public async Task An_app_that_exceeds_the_readable_size_is_refused_and_the_other_apps_stay_usable(int entries, int length)
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

        exception.Message.ShouldBe($"The Redis key '{Key}' is full: it may have at most 20000 entries and 32 MB; delete apps that are no longer used with HDEL.");
        (await service.GetAsync("/counted", "ApiKey " + acme.Key).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }
}
