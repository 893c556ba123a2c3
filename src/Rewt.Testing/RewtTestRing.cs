using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The keys of all hosts under test, in memory instead of Redis. With this class, a test creates and verifies tokens, rotates and revokes keys, and
/// simulates an outage. All hosts that get the same instance with <c>AddRewtTesting</c> share its keys and its clock. Methods that change keys return
/// after all hosts know the change. Use one instance for each test. Tests can share an instance if a rotation in one test does not disturb the other
/// tests.
/// </summary>
public sealed class RewtTestRing : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestHost> _hosts = [];
    private readonly TestHost _withoutHost;

    /// <summary>Initializes an instance whose clock starts at the current time, in whole seconds.</summary>
    public RewtTestRing()
        : this(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()))
    {
    }

    /// <summary>Initializes an instance whose clock starts at the given time.</summary>
    /// <param name="start">The time that the clock shows until the test advances it.</param>
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
    /// Creates the token that a service would send. If several hosts share the keys, the method uses the settings of the host with the service name
    /// <paramref name="audience"/>.
    /// </summary>
    /// <param name="service">The name of the service that signs the token.</param>
    /// <param name="audience">The name of the called service.</param>
    /// <param name="claims">Additional claims of the token.</param>
    /// <param name="tenant">The tenant whose key signs the token, if tenants are enabled.</param>
    /// <param name="scheme">The name of the scheme that verifies the token. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The token, without the word <c>Bearer</c>.</returns>
    /// <exception cref="ArgumentException">The name of a service, an audience or a tenant is invalid, or the name of a claim is reserved.</exception>
    /// <exception cref="InvalidOperationException">A tenant is required but missing, no host has the scheme, or the keys of the scheme come from
    /// files.</exception>
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
    /// Verifies a token that a host sent, as the service <paramref name="audience"/> would verify it. The binding of a bound token is not compared
    /// with a request. The claims in the result contain the binding.
    /// </summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="audience">The name of the called service.</param>
    /// <param name="tenant">The tenant whose keys verify the token, if tenants are enabled.</param>
    /// <param name="scheme">The name of the scheme that verifies the token. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The result of the verification.</returns>
    /// <exception cref="ArgumentException"><paramref name="audience"/> is not a valid service name.</exception>
    /// <exception cref="InvalidOperationException">A tenant is required but missing, no host has the scheme, or the keys of the scheme come from
    /// files.</exception>
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
    /// Rotates the keys: the current key is retired, and a new key becomes current. With key pairs, the keys of all services that have signed a token
    /// are rotated. If the keys are rotated during a simulated outage, the hosts learn of the rotation after the outage.
    /// </summary>
    /// <param name="scheme">The name of the scheme whose keys are rotated. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">No host has the scheme, or the keys of the scheme come from files.</exception>
    public Task RotateAsync(string? scheme = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(scheme, static (keyRing, cancellation) => keyRing.RotateAsync(cancellation), cancellationToken);

    /// <summary>
    /// Revokes the current key and creates a new key. Tokens that were signed with the revoked key are refused. With key pairs, the current keys of
    /// all services that have signed a token are revoked. If keys are revoked during a simulated outage, the hosts learn of the revocation after the
    /// outage. To revoke a key by its id, use <see cref="IRewtKeyRing.RevokeAsync"/> of a host.
    /// </summary>
    /// <param name="scheme">The name of the scheme whose keys are revoked. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">No host has the scheme, or the keys of the scheme come from files.</exception>
    public Task RevokeCurrentKeyAsync(string? scheme = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(scheme, static (keyRing, cancellation) => keyRing.RevokeAsync(keyRing.Known!.Current!.KeyId, cancellation), cancellationToken);

    /// <summary>Revokes all keys of a tenant. Tokens that were signed for the tenant until now are refused.</summary>
    /// <param name="tenant">The name of the tenant.</param>
    /// <param name="scheme">The name of the scheme to whose namespace the tenant belongs. Default: the main scheme.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidOperationException">The namespace has no tenants, no host has the scheme, or the keys of the scheme come from
    /// files.</exception>
    public async Task RevokeTenantAsync(string tenant, string? scheme = null, CancellationToken cancellationToken = default)
    {
        var (host, settings) = Find(scheme, null);
        var caller = host.Caller(settings, TestNames.Operator);
        await caller.VerifierAsync(tenant, cancellationToken).ConfigureAwait(false);
        await caller.Tenants.RevokeTenantAsync(tenant, cancellationToken).ConfigureAwait(false);
        await TellHostsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts a simulated outage: the hosts can no longer read their keys, as if Redis were unavailable. The hosts continue with the keys that they
    /// know until <see cref="RewtOptions.StaleBudget"/> has passed on the <see cref="Clock"/>. The test can still create and verify tokens during the
    /// outage.
    /// </summary>
    public void SimulateOutage() => Stores.Outage.IsOn = true;

    /// <summary>
    /// Ends the outage that <see cref="SimulateOutage"/> started. When the returned task completes, the hosts have read their keys again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task EndOutageAsync(CancellationToken cancellationToken = default)
    {
        Stores.Outage.IsOn = false;
        foreach (var host in Hosts()) await host.RecoverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Disposes the calling services that were simulated without a host under test. Each host disposes the services that were simulated for it.
    /// </summary>
    public void Dispose() => _withoutHost.Dispose();

    /// <summary>
    /// Disposes the calling services that were simulated without a host under test. Each host disposes the services that were simulated for it.
    /// </summary>
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

    /// <summary>Makes the hosts read the keys of a simulated service that has not signed a token before.</summary>
    internal Task IntroduceAsync(string service, CancellationToken cancellationToken)
    {
        foreach (var keyRing in Hosts().SelectMany(host => host.Registry?.Opened() ?? [])) keyRing.RequestKeysOf(service);
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

    /// <summary>
    /// Returns the key rings whose current key a rotation or revocation must replace. With a shared secret, there is one such key ring. With key
    /// pairs, each service with a current key has its own key ring.
    /// </summary>
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
