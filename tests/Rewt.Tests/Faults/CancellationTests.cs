namespace Rewt.Tests.Faults;

public sealed class CancellationTests
{
    [Fact]
    public async Task A_caller_that_cancels_neither_ends_the_read_of_others_nor_spoils_the_cache()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.Hold();
        await using var instance = Instance.Start(proxy.ConnectionString);
        using var giveUp = new CancellationTokenSource();

        var impatient = instance.Ring.GetAsync(giveUp.Token);
        var patient = Enumerable.Range(0, 10).Select(_ => instance.Ring.GetAsync(Cancellation)).ToArray();
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => impatient);
        patient.ShouldAllBe(task => !task.IsCompleted);
        proxy.Release();

        var rings = await Task.WhenAll(patient);
        rings.Select(ring => ring.Current!.KeyId).Distinct().ShouldHaveSingleItem();
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    [Fact]
    public async Task A_caller_that_cancels_the_wait_for_an_unknown_key_does_not_cancel_the_others()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var verifier = await Instance.StartWarmAsync(proxy.ConnectionString);
        proxy.DropMessages();
        proxy.HoldAnswers();
        for (var rotation = 0; rotation < 2; rotation++) await signer.Ring.RotateAsync(Cancellation);
        var token = await signer.SignAsync();
        using var giveUp = new CancellationTokenSource();

        var impatient = verifier.Data.VerifyAsync(token, giveUp.Token);
        var patient = verifier.VerifyAsync(token);
        await giveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => impatient);
        proxy.ReleaseAnswers();
        (await patient).ShouldBe(RewtRefusal.None);
    }
}
