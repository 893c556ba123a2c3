namespace Rewt.Tests.Operations;

/// <summary>A revocation whose confirmations cannot be read is final, and the error states it.</summary>
public sealed class ConfirmationFailureTests
{
    [Theory]
    [InlineData(KeyMode.SharedSecret, "{rewt:rewt-secret}:instances")]
    [InlineData(KeyMode.KeyPair, "{rewt:rewt-keys}:instances")]
    public async Task A_revocation_without_readable_confirmations_is_written_and_the_error_names_the_Redis_key(KeyMode mode, string key)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => options.KeyMode = mode);
        var keyId = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        await redis.DelAsync(key);
        await redis.SetAsync(key, "not a list of instances");

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromSeconds(1), Cancellation));

        exception.Message.ShouldContain($"The key {keyId} of 'rewt' is revoked, but the confirmations of the other instances cannot be read");
        exception.Message.ShouldContain($"The Redis key '{key}' is not a sorted set; delete it with DEL");
        (await service.Ring.GetAsync(Cancellation)).Keys.Single(one => one.KeyId == keyId).State.ShouldBe(RewtKeyState.Revoked);
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret, "{rewt:rewt-secret}:instances")]
    [InlineData(KeyMode.KeyPair, "{rewt:rewt-keys}:instances")]
    public async Task A_list_of_instances_with_too_much_data_is_reported_and_can_be_deleted(KeyMode mode, string key)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => options.KeyMode = mode);
        var keyId = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        // The embedded server can lose a write if the instance creates the list at the same moment.
        await Eventually.TrueAsync(async () => await redis.CommandAsync("ZCARD", key) is 1L, "the instance is in the list");
        await redis.CommandAsync("ZADD", key, TimeProvider.System.GetUtcNow().AddHours(23).ToUnixTimeMilliseconds(), new byte[33 * 1024 * 1024]);

        // On a slow machine, a read of so much data exceeds its time limit. The next read measures the Redis key first.
        await Eventually.TrueAsync(
            async () => (await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Ring.RevokeAndWaitAsync(keyId, TimeSpan.FromSeconds(1), Cancellation)))
                .Message.Contains($"the Redis key '{key}' has more than 32 MB, which another client wrote; delete it with DEL", StringComparison.Ordinal),
            "the Redis key is reported");
        await redis.DelAsync(key);
        var current = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;
        (await service.Ring.RevokeAndWaitAsync(current, TimeSpan.FromSeconds(1), Cancellation)).Unconfirmed.ShouldBeEmpty();
    }
}
