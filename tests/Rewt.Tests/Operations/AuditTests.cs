namespace Rewt.Tests.Operations;

/// <summary>Tests the audit log of key changes.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Every_state_change_of_a_key_is_logged_with_its_actor()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var first = await instance.CurrentAsync();
        ShouldLog(instance, $"KeyCreated: Audit: key {first} of the ring rewt was created by fault/");
        ShouldLog(instance, $"KeyActivated: Audit: key {first} of the ring rewt was activated by fault/");

        var second = (await instance.Ring.RotateAsync(Cancellation)).Current!.KeyId;
        ShouldLog(instance, $"KeyRetired: Audit: key {first} of the ring rewt was retired by fault/");
        ShouldLog(instance, $"KeyActivated: Audit: key {second} of the ring rewt was activated by fault/");

        await instance.Ring.RevokeAsync(first, Cancellation);
        ShouldLog(instance, $"Information KeyRevoked: Audit: key {first} of the ring rewt was revoked by fault/");
    }

    [Fact]
    public async Task A_manual_Redis_command_is_logged_as_the_cause_of_a_revocation()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        var first = await instance.CurrentAsync();

        await redis.DelAsync("rewt:rewt-secret");

        await Eventually.TrueAsync(
            () => instance.Log.Text.Contains($"KeyRevoked: Audit: key {first} of the ring rewt was revoked by a client of Redis (DEL before the TTL expired).", StringComparison.Ordinal), "the revocation is logged");
    }

    [Fact]
    public async Task The_user_of_a_request_is_logged_as_the_actor_on_all_instances()
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
        await Eventually.TrueAsync(() => other.Log.Text.Contains("changed by alice at inventory/", StringComparison.Ordinal), "the other instance logs the actor");

        (await client.PostAsync("/rotate?user=a%0Ab", null, Cancellation)).EnsureSuccessStatusCode();
        log.Text.ShouldContain("by ? at inventory/");
        log.Text.ShouldNotContain("a\nb");
    }

    private static void ShouldLog(Instance instance, string line) => instance.Log.Text.ShouldContain(line);
}
