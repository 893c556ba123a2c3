namespace Rewt.Tests.Faults;

public sealed class CancellationTests
{
    [Fact]
    public async Task Canceling_one_caller_does_not_cancel_the_shared_read_of_the_key_ring()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.Hold();
        await using var instance = Instance.Start(proxy.ConnectionString);
        using var cancellation = new CancellationTokenSource();

        var canceled = instance.Ring.GetAsync(cancellation.Token);
        var waiting = Enumerable.Range(0, 10).Select(_ => instance.Ring.GetAsync(Cancellation)).ToArray();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => canceled);
        waiting.ShouldAllBe(task => !task.IsCompleted);
        proxy.Release();

        var rings = await Task.WhenAll(waiting);
        rings.Select(ring => ring.Current!.KeyId).Distinct().ShouldHaveSingleItem();
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task Canceling_one_wait_for_an_unknown_key_does_not_cancel_other_waits()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString);
        proxy.DropPushMessages();
        proxy.HoldResponses();
        for (var rotation = 0; rotation < 2; rotation++) await signer.Ring.RotateAsync(Cancellation);
        var token = await signer.SignAsync();
        using var cancellation = new CancellationTokenSource();

        var canceled = verifier.Data.VerifyAsync(token, cancellation.Token);
        var waiting = verifier.VerifyAsync(token);
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => canceled);
        proxy.ReleaseResponses();
        (await waiting).ShouldBe(RewtRefusal.None);
    }
}
