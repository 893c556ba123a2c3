using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Rewt.Internal;

/// <summary>
/// A simulated service, which exists only in a test. The service creates and verifies tokens in its own name, with the key settings of a host under
/// test. Simulated outages do not affect the service.
/// </summary>
internal sealed class TestCaller : IAsyncDisposable, IDisposable
{
    private readonly ServiceProvider _services;
    private readonly KeyRingRegistry _registry;
    private int _introduced;

    public TestCaller(RewtOptions ring, string service, TestStores stores, TimeProvider time)
    {
        Ring = ring;
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddRewtInMemoryKeys(options =>
        {
            // The sealing settings are not copied. The in-memory store does not seal secrets, and the simulated service cannot resolve a protector that is
            // registered in the service container of the host.
            foreach (var (own, given) in Setting.Of(options).Zip(Setting.Of(ring)).Where(pair => pair.First.Owner is not RewtSealingOptions)) own.Value = given.Value;
            // The host's trusted issuers are a setting of the host; the simulated service verifies any issuer.
            (options.ServiceName, options.TrustedIssuers) = (service, []);
        });
        services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(stores.Rings));
        _services = services.BuildServiceProvider();
        _registry = _services.GetRequiredService<KeyRingRegistry>();
    }

    /// <summary>The key settings of the host under test.</summary>
    public RewtOptions Ring { get; }

    public KeyRingProvider Provider => _registry.Provider(Ring.Namespace);

    public IRewtTenants Tenants => _services.GetRequiredService<IRewtTenants>();

    /// <summary>
    /// Returns the token service that signs in the name of this simulated service. The method reads the keys again before it returns, because the
    /// push message of a change may not have arrived yet.
    /// </summary>
    /// <exception cref="InvalidOperationException">A tenant is required but missing, or the namespace has no tenants.</exception>
    public Task<RewtTokens> SignerAsync(string? tenant, CancellationToken cancellationToken)
    {
        Provider.WantSigningKey();
        return VerifierAsync(tenant, cancellationToken);
    }

    /// <summary>
    /// Returns the token service that verifies tokens in the name of this simulated service. The method reads the keys again before it returns.
    /// </summary>
    /// <exception cref="InvalidOperationException">A tenant is required but missing, or the namespace has no tenants.</exception>
    public async Task<RewtTokens> VerifierAsync(string? tenant, CancellationToken cancellationToken)
    {
        if (Ring.Tenants.Enabled != (tenant is not null))
        {
            throw new InvalidOperationException(Ring.Tenants.Enabled
                ? $"Each tenant of '{Ring.Namespace}' has keys of its own (Rewt:Tenants:Enabled). Specify the tenant."
                : $"The namespace '{Ring.Namespace}' has no tenants. Set Rewt:Tenants:Enabled to true, or do not specify a tenant.");
        }

        await ReadNowAsync(cancellationToken).ConfigureAwait(false);
        return tenant is null ? _services.GetRequiredKeyedService<RewtTokens>(string.Empty) : (RewtTokens)Tenants.Tokens(tenant);
    }

    /// <summary>
    /// Returns <see langword="true"/> for the first call only. The code that made the first call must make the hosts under test read the keys of this
    /// simulated service.
    /// </summary>
    public bool BeginIntroduction() => Interlocked.Exchange(ref _introduced, 1) == 0;

    public Task ReadNowAsync(CancellationToken cancellationToken) => Provider.ReadNowAsync(cancellationToken);

    public void Dispose() => _services.Dispose();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
