namespace Rewt.Tests.EndToEnd;

public sealed class AclTests
{
    [Fact]
    public async Task The_documented_rights_are_enough_to_rotate_revoke_and_be_told()
    {
        Require.RealRedis();
        var document = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "docs", "redis.md"), Cancellation);
        var rules = document.Single(line => line.StartsWith("~rewt:", StringComparison.Ordinal)).Split(' ');
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var operations = await redis.ConnectAsync();
        // The client library at hand knows no user names, so the rules are the default user's; this connection has its rights still.
        await operations.CommandAsync(["ACL", "SETUSER", "default", "resetkeys", "resetchannels", "nocommands", "+acl", .. rules]);

        await using var inventory = await TestService.StartAsync(redis.ConnectionString);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders");
        var first = (await inventory.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await orders.Ring.RotateAsync(Cancellation);
        await orders.Ring.RevokeAsync(first, Cancellation);

        await Eventually.TrueAsync(
            async () => (await inventory.Ring.GetAsync(Cancellation)).Keys.Any(key => key.KeyId == first && key.State == RewtKeyState.Revoked),
            "the other instance knows");
        var denied = (object?[])(await operations.CommandAsync("ACL", "LOG"))!;
        denied.ShouldBeEmpty();
    }
}
