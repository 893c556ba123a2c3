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
}
