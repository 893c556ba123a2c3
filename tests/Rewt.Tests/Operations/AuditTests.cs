namespace Rewt.Tests.Operations;

/// <summary>What happened to which key, and by whom.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task The_life_of_a_key_is_recorded_with_each_actor_and_action()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var first = await instance.CurrentAsync();
        Logged(instance, $"KeyCreated: Audit: key {first} of the ring rewt was created by fault/");
        Logged(instance, $"KeyActivated: Audit: key {first} of the ring rewt was activated by fault/");

        var second = (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        Logged(instance, $"KeyRetired: Audit: key {first} of the ring rewt was retired by fault/");
        Logged(instance, $"KeyActivated: Audit: key {second} of the ring rewt was activated by fault/");

        await instance.Ring.RevokeAsync(first, Cancellation);
        Logged(instance, $"Information KeyRevoked: Audit: key {first} of the ring rewt was revoked by fault/");
    }

    [Fact]
    public async Task A_manual_command_in_redis_is_recorded_as_such()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var first = await instance.CurrentAsync();

        await redis.DelAsync("rewt:rewt-secret");

        await Eventually.TrueAsync(
            () => instance.Log.Text.Contains($"KeyRevoked: Audit: key {first} of the ring rewt was revoked by a client of Redis (DEL before the TTL expired).", StringComparison.Ordinal), "it is recorded");
    }

    [Fact]
    public async Task The_user_of_the_request_is_named_and_other_instances_hear_of_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var other = await Instance.StartWarmAsync(redis.ConnectionString);
        var log = new CapturedLog();
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            configure: builder => builder.Logging.AddProvider(log),
            map: application => application.MapPost("/rotate", async (HttpContext context, IRewtKeyRing ring, string user) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test"));
                await ring.RotateAsync(context.RequestAborted);
            }));
        using var client = new HttpClient { BaseAddress = service.Address };

        (await client.PostAsync("/rotate?user=alice", null, Cancellation)).EnsureSuccessStatusCode();
        log.Text.ShouldContain("by alice at inventory/");
        await Eventually.TrueAsync(() => other.Log.Text.Contains("changed by alice at inventory/", StringComparison.Ordinal), "the other instance says by whom");

        (await client.PostAsync("/rotate?user=a%0Ab", null, Cancellation)).EnsureSuccessStatusCode();
        log.Text.ShouldContain("by ? at inventory/");
        log.Text.ShouldNotContain("a\nb");
    }

    private static void Logged(Instance instance, string line) => instance.Log.Text.ShouldContain(line);
}
