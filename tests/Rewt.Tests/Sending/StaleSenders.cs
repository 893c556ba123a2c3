namespace Rewt.Tests.Sending;

/// <summary>Lets a service miss a revocation, so that it calls with a key that the receiver rejects.</summary>
internal static class StaleSenders
{
    /// <param name="services">The service's registrations.</param>
    /// <param name="gate">Holds up reads of Redis while it is closed; <see langword="null"/> lets all through.</param>
    public static void WithoutPush(this IServiceCollection services, ReadGate? gate = null)
    {
        foreach (var factory in services.Where(service => service.ServiceType == typeof(IRingStoreFactory)).ToList()) services.Remove(factory);
        services.AddSingleton<IRingStoreFactory>(provider => new Factory(new RedisRingStoreFactory(provider, TimeProvider.System), gate));
    }

    private sealed class Factory(IRingStoreFactory inner, ReadGate? gate) : IRingStoreFactory
    {
        public IRingStore Open(RewtOptions options) => new Store(inner.Open(options), gate);
    }

    private sealed class Store(IRingStore inner, ReadGate? gate) : IRingStore
    {
        public Task<RingReading> ReadAsync(CancellationToken cancellationToken) =>
            gate is null ? inner.ReadAsync(cancellationToken) : gate.PassAsync(inner.ReadAsync, cancellationToken);

        public Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken) =>
            inner.TryApplyAsync(basis, plan, cancellationToken);

        public Task SubscribeAsync(Action look, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
