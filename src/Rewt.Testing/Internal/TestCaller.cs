using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Rewt.Internal;

/// <summary>A service that the kit plays: it signs and verifies with the settings of a host's ring, under a name of its own, and no outage reaches it.</summary>
internal sealed class TestCaller : IAsyncDisposable, IDisposable
{
    private static readonly PropertyInfo[] Settings = [.. typeof(RewtOptions).GetProperties().Where(property => property.CanWrite)];

    private readonly ServiceProvider _services;
    private readonly RingRegistry _registry;
    private int _introduced;

    public TestCaller(RewtOptions ring, string service, TestStores stores, TimeProvider time)
    {
        Ring = ring;
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddRewtInMemory(options =>
        {
            foreach (var setting in Settings) setting.SetValue(options, setting.GetValue(ring));
            // Whom the host trusts is for the host to say.
            (options.ServiceName, options.TrustedIssuers) = (service, []);
        });
        services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(stores.Rings));
        _services = services.BuildServiceProvider();
        _registry = _services.GetRequiredService<RingRegistry>();
    }

    /// <summary>The settings of the ring, as the host has them.</summary>
    public RewtOptions Ring { get; }

    /// <summary>The ring's keys; none where each tenant has a ring.</summary>
    public RingKeeper Keeper => _registry.Keeper(Ring.Namespace);

    public IRewtTenants Tenants => _services.GetRequiredService<IRewtTenants>();

    /// <summary>Signs with the keys as they are now: a change by whomever is known before the message of it has come.</summary>
    /// <exception cref="InvalidOperationException">A tenant is missing, or named where there are none.</exception>
    public Task<IRewtTokens> SignerAsync(string? tenant, CancellationToken cancellationToken)
    {
        if (!Ring.Tenants) Keeper.WantSigningKey();
        return VerifierAsync(tenant, cancellationToken);
    }

    /// <summary>Verifies with the keys as they are now.</summary>
    /// <exception cref="InvalidOperationException">A tenant is missing, or named where there are none.</exception>
    public async Task<IRewtTokens> VerifierAsync(string? tenant, CancellationToken cancellationToken)
    {
        if (Ring.Tenants != (tenant is not null))
        {
            throw new InvalidOperationException(Ring.Tenants
                ? $"Each tenant of '{Ring.Namespace}' has keys of its own (Rewt:Tenants); name the tenant."
                : $"The namespace '{Ring.Namespace}' has no tenants; set Rewt:Tenants, or name no tenant.");
        }

        await ReadNowAsync(cancellationToken).ConfigureAwait(false);
        return tenant is null ? _services.GetRequiredService<IRewtTokens>() : Tenants.Tokens(tenant);
    }

    /// <summary>Whether it is still to be made known to the hosts; asked once.</summary>
    public bool BeginIntroduction() => Interlocked.Exchange(ref _introduced, 1) == 0;

    public async Task ReadNowAsync(CancellationToken cancellationToken)
    {
        if (!Ring.Tenants) await Keeper.ReadNowAsync(cancellationToken).ConfigureAwait(false);
        else await _registry.ReadNowAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _services.Dispose();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
