namespace Rewt.Tests.Pairs;

/// <summary>Tests the log entry of a process whose public keys cannot be written.</summary>
public sealed class RefusedPublicationTests
{
    [Fact]
    public async Task The_log_of_a_refused_publication_states_whether_the_process_has_published_a_key()
    {
        var (time, log) = (new FakeTimeProvider(), new CapturedLog());
        var store = new RefusingStore(new InMemoryPairStore(time)) { IsReadOnly = true };
        var options = new RewtOptions { KeyMode = KeyMode.KeyPair, ServiceName = "orders" };
        await using var source = new KeyPairSource(options, store, time, log);
        source.WantSigningKey();

        await source.UpdateAsync(null, null, Cancellation);
        log.Text.ShouldContain("could not be written. This process has published no key, so it cannot sign.");
        log.Text.ShouldNotContain("stay in use");

        store.IsReadOnly = false;
        await source.UpdateAsync(null, null, Cancellation);
        store.IsReadOnly = true;
        time.Advance(options.RefreshInterval * 10);
        await source.UpdateAsync(null, null, Cancellation);
        log.Text.ShouldContain("could not be written. The published keys stay in use.");
    }

    private sealed class RefusingStore(InMemoryPairStore store) : WrappedPairStore(store)
    {
        public bool IsReadOnly { get; set; }

        public override Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken) =>
            IsReadOnly ? Task.FromException(new IOException("The store is read-only.")) : base.WriteAsync(service, plan, cancellationToken);
    }
}
