using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

public sealed class CachedTokenTests
{
    [Fact]
    public async Task Whoever_waited_for_a_signature_takes_it_though_a_second_began_meanwhile()
    {
        var time = new FakeTimeProvider();
        var bench = new ProviderBench();
        await using var keyRing = bench.Provider;
        using var key = new SlowKey();
        var signer = new TokenSigner(keyRing, new RewtOptions { ServiceName = "orders", TokenLifetime = TimeSpan.FromMinutes(1) }, time);
        var slot = new CachedToken(signer, time, "inventory", string.Empty);
        var asked = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1));

        var first = Task.Run(() => slot.Take(new(key), null, fresh: false, time.GetUtcNow()), Cancellation);
        await key.IsSigning.Task;
        BearerToken? second = null;
        var waiter = new Thread(() => second = slot.Take(new(key), null, fresh: false, asked));
        waiter.Start();
        await Eventually.TrueAsync(() => waiter.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), "the second waits for the first");
        key.MaySign.Set();
        waiter.Join();

        second.ShouldBeSameAs(await first);
        key.Signatures.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_replacement_leaves_the_process_and_the_token_alone()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var signer = new TokenSigner(bench.Provider, new RewtOptions { ServiceName = "orders", TokenLifetime = TimeSpan.FromMinutes(1) }, bench.Time);
        var slot = new CachedToken(signer, bench.Time, "inventory", "no JSON");

        Should.NotThrow(((IThreadPoolWorkItem)slot).Execute);
    }

    /// <summary>Signs when the test lets it.</summary>
    private sealed class SlowKey : SigningKey, IDisposable
    {
        private int _signatures;

        public TaskCompletionSource IsSigning { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim MaySign { get; } = new();

        public int Signatures => _signatures;

        public override string KeyId => "slow";

        public override string Algorithm => "HS256";

        public override int SignatureLength => HMACSHA256.HashSizeInBytes;

        public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
        {
            Interlocked.Increment(ref _signatures);
            IsSigning.TrySetResult();
            MaySign.Wait(Cancellation);
        }

        public void Dispose() => MaySign.Dispose();
    }
}
