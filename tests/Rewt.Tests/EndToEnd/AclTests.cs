namespace Rewt.Tests.EndToEnd;

public sealed class AclTests
{
    [Fact]
    public async Task The_documented_ACL_permits_rotation_revocation_and_push()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await operations.RestrictAsync(await Acl.DocumentedAsync());

        await using var inventory = await TestService.StartAsync(redis.ConnectionString);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders");
        var first = (await inventory.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await orders.Ring.RotateAsync(Cancellation);
        await orders.Ring.RevokeAsync(first, Cancellation);

        await Eventually.TrueAsync(
            async () => (await inventory.Ring.GetAsync(Cancellation)).Keys.Any(key => key.KeyId == first && key.State == RewtKeyState.Revoked),
            "the other instance has received the revocation");
        (await operations.DenialsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("-hset")]
    [InlineData("-zremrangebyscore")]
    public async Task A_change_is_not_made_in_part_if_the_login_lacks_one_of_its_commands(string missing)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using (var before = await TestService.StartAsync(redis.ConnectionString)) await before.Ring.GetAsync(Cancellation);
        var (secret, version) = await StoredAsync();
        await operations.RestrictAsync([.. await Acl.DocumentedAsync(), "+hget", "+get", missing]);
        await using var service = await TestService.StartAsync(redis.ConnectionString);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RotateAsync(Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' was not changed: ");
        (await StoredAsync()).ShouldBe((secret, version));

        async Task<(string Secret, string Version)> StoredAsync() => (await redis.CliAsync("GET", "rewt:rewt-secret"), await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version"));
    }

    [Fact]
    public async Task A_login_without_scripts_and_WATCH_changes_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        await using (var before = await TestService.StartAsync(redis.ConnectionString)) await before.Ring.GetAsync(Cancellation);
        await operations.RestrictAsync([.. await Acl.DocumentedAsync(), "-eval", "-evalsha"]);
        await using var service = await TestService.StartAsync(redis.ConnectionString);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RotateAsync(Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' was not changed: ");
        exception.InnerException!.Message.ShouldContain("watch");
        await operations.RestrictAsync([.. await Acl.DocumentedAsync(), "-eval", "-evalsha", "+watch", "+unwatch"]);
        await service.Ring.RotateAsync(Cancellation);
    }
}
