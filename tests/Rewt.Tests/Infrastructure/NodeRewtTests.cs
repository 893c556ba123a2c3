using System.Security.Cryptography;

namespace Rewt.Tests.Infrastructure;

public sealed class NodeRewtTests
{
    [Fact]
    public async Task Node_makes_a_secret_with_a_deadline_and_keeps_one_that_exists()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(server.ConnectionString, "fleet", TimeSpan.FromMinutes(1));

        var hash = await node.SecretHashAsync();

        var secret = await server.GetAsync("fleet:rewt-secret");
        hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret!))));
        (await server.PttlAsync("fleet:rewt-secret")).ShouldBeInRange(1, 60_000);
        (await node.SecretHashAsync()).ShouldBe(hash);
    }

    [Fact]
    public async Task Node_verifies_what_node_signed_until_the_secret_is_another()
    {
        await using var server = await RedisServer.StartAsync();
        await using var orders = await NodeRewt.StartAsync(server.ConnectionString);
        await using var inventory = await NodeRewt.StartAsync(server.ConnectionString);

        var token = await orders.SignAsync(new { userId = "u-42" }, new { expiresIn = 60 });
        var accepted = await inventory.VerifyAsync(token);
        await server.DelAsync("rewt:rewt-secret");
        var refused = await inventory.VerifyAsync(token);

        accepted.Ok.ShouldBeTrue();
        accepted.Payload!.Value.GetProperty("userId").GetString().ShouldBe("u-42");
        accepted.Payload.Value.GetProperty("iat").ValueKind.ShouldBe(JsonValueKind.Number);
        refused.ShouldBe(new NodeVerification(Ok: false, Payload: null, "invalid signature"));
    }

    [Fact]
    public async Task What_goes_wrong_in_node_is_told()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await NodeRewt.StartAsync(server.ConnectionString);

        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => node.SignAsync(new { userId = "u" }, new { algorithm = "none such" }));

        error.Message.ShouldContain("algorithm");
    }
}
