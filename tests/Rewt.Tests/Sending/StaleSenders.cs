using Rewt.Internal;

namespace Rewt.Tests.Sending;

/// <summary>Lets a service miss the news of a revocation, so that its calls meet receivers who know more.</summary>
internal static class StaleSenders
{
    public static void WithoutPush(this IServiceCollection services)
    {
        foreach (var factory in services.Where(service => service.ServiceType == typeof(IRingStoreFactory)).ToList()) services.Remove(factory);
        services.AddSingleton<IRingStoreFactory>(provider => new Factory(new RedisRingStoreFactory(provider, TimeProvider.System)));
    }

    private sealed class Factory(IRingStoreFactory inner) : IRingStoreFactory
    {
        public IRingStore Open(RewtOptions options) => new Store(inner.Open(options));
    }

    private sealed class Store(IRingStore inner) : IRingStore
    {
        public Task<RingReading> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

        public Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken) =>
            inner.TryApplyAsync(basis, plan, cancellationToken);

        public Task SubscribeAsync(Action look, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
