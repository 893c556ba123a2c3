using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The keys of all hosts under test, in memory instead of Redis, with which a test creates and verifies tokens, rotates and revokes keys, and
/// simulates an outage. All hosts that get this instance with <c>AddRewtTesting</c> share the keys and its clock. When a method that changes keys
/// returns, the hosts know the change. Use one instance for each test, or for each group of tests that may see each other's rotations.
/// </summary>
public sealed class RewtTestRing : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestHost> _hosts = [];
    private readonly TestHost _withoutHost;

    /// <summary>Creates an instance whose clock starts at the current time, in whole seconds.</summary>
    public RewtTestRing()
        : this(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()))
    {
    }

    /// <summary>Creates an instance whose clock starts at the given time.</summary>
    /// <param name="start">The time that the clock shows until it is advanced.</param>
    public RewtTestRing(DateTimeOffset start)
    {
        Clock = new RewtTestClock(start);
        Stores = new TestStores(Clock);
        _withoutHost = new TestHost(this, null);
    }

    /// <summary>The clock of the keys and of all hosts that share them.</summary>
    public RewtTestClock Clock { get; }

    internal TestStores Stores { get; }

    /// <summary>
    /// Creates a token as a service would send it. If several hosts share the keys, the settings are those of the host whose service is the audience.
    /// </summary>
    /// <param name="service">The name of the service that signs.</param>
    /// <param name="audience">The name of the service that is called.</param>
    /// <param name="claims">Additional claims of the token.</param>
    /// <param name="tenant">The tenant whose key signs, if each tenant has its own keys.</param>
    /// <param name="scheme">The scheme that verifies the token. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The token, without <c>Bearer</c>.</returns>
    /// <exception cref="ArgumentException">A name is invalid, or a claim is reserved.</exception>
    /// <exception cref="InvalidOperationException">The tenant is missing, no host has the scheme, or its keys come from files.</exception>
    public async Task<string> CreateTokenAsync(
        string service,
        string audience,
        IReadOnlyDictionary<string, object>? claims = null,
        string? tenant = null,
        string? scheme = null,
        CancellationToken cancellationToken = default)
    {
        TestNames.Check(service, nameof(service));
        TestNames.Check(audience, nameof(audience));
        var (host, settings) = Find(scheme, audience);
        var tokens = await host.SignerAsync(settings, service, tenant, cancellationToken).ConfigureAwait(false);
        return await tokens.CreateBearerAsync(audience, claims, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Verifies a token that a host sent, as the service named by <paramref name="audience"/> would. A binding of the token is not compared with a request;
    /// the claims contain it.
    /// </summary>
    /// <param name="token">The token, without <c>Bearer</c>.</param>
    /// <param name="audience">The name of the service that was called.</param>
    /// <param name="tenant">The tenant whose keys verify, if each tenant has its own keys.</param>
    /// <param name="scheme">The scheme that verifies the token. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The result of the verification.</returns>
    /// <exception cref="ArgumentException">The name of the audience is invalid.</exception>
    /// <exception cref="InvalidOperationException">The tenant is missing, no host has the scheme, or its keys come from files.</exception>
    public async Task<RewtVerification> VerifyAsync(
        string token, string audience, string? tenant = null, string? scheme = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        TestNames.Check(audience, nameof(audience));
        var (host, settings) = Find(scheme, audience);
        var tokens = await host.Caller(settings, audience).VerifierAsync(tenant, cancellationToken).ConfigureAwait(false);
        return await tokens.VerifyUnboundAsync(token, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Rotates: the current key retires, and a new key becomes current. With key pairs, the keys of all services that have signed rotate. During
    /// an outage the keys rotate too, and the hosts read the change afterwards.
    /// </summary>
    /// <param name="scheme">The scheme whose keys rotate. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">No host has the scheme, or its keys come from files.</exception>
    public Task RotateAsync(string? scheme = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(scheme, static (keyRing, cancellation) => keyRing.RotateAsync(cancellation), cancellationToken);

    /// <summary>
    /// Revokes the current key and creates a new one; tokens signed with the revoked key are rejected. With key pairs, the keys of all services
    /// that have signed are revoked. During an outage the keys are revoked too, and the hosts read the change afterwards. To revoke a key by its
    /// id, use <see cref="IRewtKeyRing.RevokeAsync"/> of a host.
    /// </summary>
    /// <param name="scheme">The scheme whose keys are revoked. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">No host has the scheme, or its keys come from files.</exception>
    public Task RevokeCurrentKeyAsync(string? scheme = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(scheme, static (keyRing, cancellation) => keyRing.RevokeAsync(keyRing.Known!.Current!.KeyId, cancellation), cancellationToken);

    /// <summary>Revokes all keys of a tenant; tokens that were signed for the tenant before are rejected.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="scheme">The scheme of the tenant's keys. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">The namespace has no tenants, no host has the scheme, or its keys come from files.</exception>
    public async Task RevokeTenantAsync(string tenant, string? scheme = null, CancellationToken cancellationToken = default)
    {
        var (host, settings) = Find(scheme, null);
        var caller = host.Caller(settings, TestNames.Operator);
        await caller.VerifierAsync(tenant, cancellationToken).ConfigureAwait(false);
        await caller.Tenants.RevokeTenantAsync(tenant, cancellationToken).ConfigureAwait(false);
        await TellHostsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts an outage: the hosts can no longer read their keys, as if Redis were down. The hosts continue with the keys that they know until
    /// <see cref="RewtOptions.StaleBudget"/> has passed on the <see cref="Clock"/>. Simulated callers still reach their keys.
    /// </summary>
    public void SimulateOutage() => Stores.Outage.IsOn = true;

    /// <summary>Ends the outage that <see cref="SimulateOutage"/> started. The hosts have read their keys when the call returns.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task EndOutageAsync(CancellationToken cancellationToken = default)
    {
        Stores.Outage.IsOn = false;
        foreach (var host in Hosts()) await host.RecoverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disposes the simulated callers that belong to no host. A host disposes its own.</summary>
    public void Dispose() => _withoutHost.Dispose();

    /// <summary>Disposes the simulated callers that belong to no host. A host disposes its own.</summary>
    public ValueTask DisposeAsync() => _withoutHost.DisposeAsync();

    internal TestHost Join(IServiceProvider services)
    {
        var host = new TestHost(this, services);
        lock (_gate) _hosts.Add(host);
        return host;
    }

    internal void Leave(TestHost host)
    {
        lock (_gate) _hosts.Remove(host);
    }

    /// <summary>Makes the hosts read the keys of a service that has not called before.</summary>
    internal Task IntroduceAsync(string service, CancellationToken cancellationToken)
    {
        foreach (var keyRing in Hosts().SelectMany(host => host.Registry?.Opened() ?? [])) keyRing.Ask(service);
        return TellHostsAsync(cancellationToken);
    }

    private TestHost[] Hosts()
    {
        lock (_gate) return [.. _hosts];
    }

    private (TestHost Host, RewtOptions Settings) Find(string? scheme, string? audience)
    {
        var found = Hosts().Append(_withoutHost).Select(host => (Host: host, Settings: host.Find(scheme)!)).Where(one => one.Settings is not null).ToList();
        if (found.Count == 0) throw new InvalidOperationException($"No started host of this ring has a Rewt scheme '{scheme}'.");
        var match = found.FirstOrDefault(one => one.Settings.ServiceName == audience && audience is not null, found[0]);
        TestHost.Require(match.Settings);
        return match;
    }

    private async Task ChangeAsync(string? scheme, Func<KeyRingProvider, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var (host, settings) = Find(scheme, null);
        foreach (var keyRing in await SignersAsync(host, settings, cancellationToken).ConfigureAwait(false)) await change(keyRing, cancellationToken).ConfigureAwait(false);
        await TellHostsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the key rings on which a command must run to change all current keys.</summary>
    private async Task<IReadOnlyList<KeyRingProvider>> SignersAsync(TestHost host, RewtOptions settings, CancellationToken cancellationToken)
    {
        if (settings.EffectiveKeyMode == KeyMode.SharedSecret)
        {
            var caller = host.Caller(settings, TestNames.Operator);
            await caller.ReadNowAsync(cancellationToken).ConfigureAwait(false);
            return [caller.Provider];
        }

        var simulated = Hosts().Append(_withoutHost).SelectMany(each => each.Callers).Where(caller => caller.Ring.Namespace == settings.Namespace).Select(caller => caller.Provider);
        var own = Stores.Outage.IsOn ? [] : Hosts().SelectMany(each => each.Registry?.Opened() ?? []).Where(keyRing => keyRing.Name == settings.Namespace);
        return [.. simulated.Concat(own).Where(keyRing => keyRing.Known?.Current is not null)];
    }

    private async Task TellHostsAsync(CancellationToken cancellationToken)
    {
        if (Stores.Outage.IsOn) return;
        foreach (var host in Hosts()) await host.ReadNowAsync(cancellationToken).ConfigureAwait(false);
    }
}
