using static Rewt.Tests.Sealing.SealedFleet;

namespace Rewt.Tests.Sealing;

/// <summary>Tests the rollout steps of docs/security.md on a running fleet, one instance after another, while callers sign and verify.</summary>
public sealed class SealedRolloutTests(ITestOutputHelper output)
{
    /// <summary>The settings of each deployment, and a check of the stored secrets after the rotation that follows it.</summary>
    private static readonly (string Name, Action<RewtOptions> Settings, Func<string, bool>? Stored)[] Deployments =
    [
        ("sealing is off", With(), text => !IsSealed(text)),
        ("the key is configured but does not seal", Opening(A), text => !IsSealed(text)),
        ("the key seals", With(A), IsSealedWithA),
        ("a second key is added", With(A, B), IsSealedWithA),
        ("the second key seals", With(B, A), text => IsSealed(text) && !IsSealedWithA(text)),
        ("the first key is removed", With(B), IsSealed),
        ("unsealed secrets are refused", Requiring(B), IsSealed),
        ("unsealed secrets are accepted again", With(B), IsSealed),
        ("the key only opens", Opening(B), text => !IsSealed(text)),
        ("sealing is off again", With(), text => !IsSealed(text)),
    ];

    private static string? _hintOfA;

    [Fact]
    public Task Each_step_of_a_sealing_rollout_fails_no_call() => RollOutAsync(instances: 2, callers: 4);

    [Fact]
    [Trait("Category", "Long")]
    public Task Each_step_of_a_sealing_rollout_fails_no_call_of_32_callers_on_8_instances() => RollOutAsync(instances: 8, callers: 32);

    private async Task RollOutAsync(int instances, int callers)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var started = new List<Instance>();
        try
        {
            for (var slot = 0; slot < instances; slot++) started.Add(await Instance.StartWarmAsync(redis.ConnectionString, Deployments[0].Settings));
            var fleet = started.ToArray();
            using var stop = new CancellationTokenSource();
            var failures = new ConcurrentQueue<string>();
            var calls = new int[callers];
            var running = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))).ToList();
            var keys = new HashSet<string>(StringComparer.Ordinal);

            foreach (var (name, settings, stored) in Deployments)
            {
                for (var slot = 0; slot < instances; slot++)
                {
                    started.Add(await Instance.StartWarmAsync(redis.ConnectionString, settings));
                    fleet[slot] = started[^1];
                    if (slot == 0) await Eventually.SucceedsAsync(() => started[^1].Ring.RotateAsync(Cancellation));
                }

                var before = calls.ToArray();
                keys.Add((await Eventually.SucceedsAsync(() => fleet[0].Ring.RotateAsync(Cancellation))).Current!.KeyId);
                // After two more calls of each caller, a replaced instance has completed its last call and can be disposed.
                await Eventually.TrueAsync(() => calls.Zip(before).All(count => count.First >= count.Second + 2), "calls continue");
                foreach (var instance in started.Except(fleet).ToList())
                {
                    started.Remove(instance);
                    await instance.DisposeAsync();
                }

                (await redis.StoredAsync()).ShouldAllBe(text => stored!(text), name);
            }

            await stop.CancelAsync();
            await Task.WhenAll(running);
            output.WriteLine($"{calls.Sum()} calls, {failures.Count} failed");
            failures.ShouldBeEmpty();
            keys.Count.ShouldBe(Deployments.Length);

            async Task CallAsync(int caller)
            {
                while (!stop.IsCancellationRequested)
                {
                    var (signer, verifier) = (fleet[Random.Shared.Next(instances)], fleet[Random.Shared.Next(instances)]);
                    try
                    {
                        if (await verifier.VerifyAsync(await signer.SignAsync()) is not RewtRefusal.None and var refusal) failures.Enqueue(refusal.ToString());
                    }
                    catch (RewtKeysUnavailableException exception)
                    {
                        failures.Enqueue($"{exception.Message} {exception.InnerException}");
                    }

                    Interlocked.Increment(ref calls[caller]);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
                }
            }
        }
        finally
        {
            foreach (var instance in started) await instance.DisposeAsync();
        }
    }

    private static Action<RewtOptions> Opening(string key) => options => (options.Sealing.Keys, options.Sealing.WriteUnsealed) = ([key], true);

    private static Action<RewtOptions> Requiring(string key) => options => (options.Sealing.Keys, options.Sealing.RequireSealed) = ([key], true);

    private static bool IsSealedWithA(string text)
    {
        if (!IsSealed(text)) return false;
        _hintOfA ??= HintOf(A);
        return text.Split(':')[2].StartsWith(_hintOfA + ".", StringComparison.Ordinal);
    }

    private static string HintOf(string key) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Convert.FromBase64String(key), "rewt sealing key"u8).AsSpan(0, 6));
}
