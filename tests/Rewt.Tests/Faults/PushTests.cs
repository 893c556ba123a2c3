using Rewt.Tests.Apps;

namespace Rewt.Tests.Faults;

public sealed class PushTests
{
    [Fact]
    public Task A_revocation_reaches_every_instance_by_push() => PushAsync(instanceCount: 4, revocations: 5);

    [Fact]
    [Trait("Category", "Long")]
    public Task Thirty_revocations_reach_ten_instances_by_push() => PushAsync(instanceCount: 10, revocations: 30);

    [Fact]
    public async Task A_refused_subscription_is_logged_once_without_the_arguments_of_the_command()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--rename-command", "SUBSCRIBE", "");
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);
        await Eventually.TrueAsync(() => Entries(instance.Log, "NoPush").Any(entry => entry.Contains("unknown command", StringComparison.Ordinal)), "the refusal is logged");

        await Eventually.TrueAsync(async () => (await redis.CommandCountsAsync()).GetValueOrDefault("exec") >= 10, "the keys are read ten times");

        AssertLoggedOnce(instance.Log, "NoPush", "unknown command");
        instance.Log.Text.ShouldNotContain("args beginning");
    }

    [Fact]
    public async Task A_missing_permission_to_subscribe_is_logged_once_for_keys_and_once_for_trusted_apps()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync("ACL", "SETUSER", "default", "resetchannels");
        await using var service = await AppService.StartAsync(redis.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500));
        await Eventually.TrueAsync(() => Entries(service.Log, "NoPush").Count > 0 && Entries(service.Log, "AppsNoPush").Count > 0, "both refusals are logged");

        await Eventually.TrueAsync(
            async () => await redis.CommandCountsAsync() is var counts && counts.GetValueOrDefault("exec") >= 10 && counts.GetValueOrDefault("hlen") >= 10,
            "the keys and the apps are read ten times");

        AssertLoggedOnce(service.Log, "NoPush", "NOPERM");
        AssertLoggedOnce(service.Log, "AppsNoPush", "NOPERM");
    }

    private static List<string> Entries(CapturedLog log, string name) => [.. log.Lines.Where(line => line.StartsWith($"Warning {name}:", StringComparison.Ordinal))];

    /// <summary>Asserts that a refusal is logged once. A timeout on a slow machine is another cause, after which the refusal may be logged again.</summary>
    private static void AssertLoggedOnce(CapturedLog log, string name, string cause)
    {
        var others = Entries(log, name).Count(entry => !entry.Contains(cause, StringComparison.Ordinal));
        (Entries(log, name).Count - others).ShouldBeInRange(1, 1 + others);
    }

    private static async Task PushAsync(int instanceCount, int revocations)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        // Polls run once an hour, so a change can only arrive by push.
        await using var instances = await InstanceGroup.StartWarmAsync(instanceCount, redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromHours(1));
        await Eventually.TrueAsync(async () => await SubscribersAsync() == instanceCount, "all instances are subscribed");
        for (var round = 0; round < revocations; round++)
        {
            var keyId = await instances[0].CurrentAsync();
            await Eventually.SucceedsAsync(() => instances[0].Ring.RevokeAsync(keyId, Cancellation));
            // Only the snapshot of each instance is examined. This does not trigger a read.
            await Eventually.TrueAsync(
                () => instances.All(instance => instance.Provider.Fresh?.Revoked.ContainsKey(KeyId.Parse(keyId)) == true), "the revocation has reached all instances");
        }

        async Task<int> SubscribersAsync() =>
            int.Parse((await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).Split('\n')[1], CultureInfo.InvariantCulture);
    }
}
