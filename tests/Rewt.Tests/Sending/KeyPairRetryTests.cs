namespace Rewt.Tests.Sending;

/// <summary>Tests the retry after the store lost a key pair. The key pair is published again with the same key id, so the retry signs with the same key.</summary>
public sealed class KeyPairRetryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_refused_after_a_store_loss_is_retried_with_the_same_key_pair(bool isPublishedBeforeTheAnswer)
    {
        var store = new ResettablePairStore();
        Sender? sender = null;
        await using var callee = await Callee.StartAsync(async (context, number) =>
        {
            if (number > 1) return;
            store.Reset();
            if (isPublishedBeforeTheAnswer) await sender!.Services.GetRequiredKeyedService<KeyRingProvider>(string.Empty).ReadNowAsync(Cancellation);
            await Callee.RefuseAsync(context, "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
        });
        sender = Sender.Create(
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(store));
                services.AddHttpClient(Sender.Client, client => client.BaseAddress = callee.Address).AddRewtSigning("inventory");
            },
            settings: options => options.KeyMode = KeyMode.KeyPair);
        await using (sender)
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);

            callee.Requests.Count.ShouldBe(2);
            callee.Requests.Select(request => request.Jwt.Kid).Distinct().ShouldHaveSingleItem();
            store.HasKeys.ShouldBeTrue();
        }
    }

    private sealed class ResettablePairStore : IRingStoreFactory, IPairStore
    {
        private volatile InMemoryPairStore _store = new(TimeProvider.System);

        public IInstanceStore? Instances => null;

        public bool HasKeys { get; private set; }

        public IRingStore Open(RewtOptions options) => throw new NotSupportedException();

        public IPairStore OpenPairs(RewtOptions options) => this;

        public void Reset() => (_store, HasKeys) = (new InMemoryPairStore(TimeProvider.System), false);

        public Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken) =>
            _store.ReadAsync(services, asked, cancellationToken);

        public Task WriteAsync(string service, PairChange plan, CancellationToken cancellationToken)
        {
            HasKeys = true;
            return _store.WriteAsync(service, plan, cancellationToken);
        }

        public Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken) =>
            _store.RevokeAsync(service, keyId, now, forgetAt, cancellationToken);

        public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
