using Rewt.Internal;

namespace Rewt;

/// <summary>
/// The keys of a test, in memory in place of Redis: shared by all hosts that are given it (<c>AddRewtTesting</c>), with a clock that the test moves.
/// What it changes is known to its hosts when the call returns. One for each test, or for each group of tests that may see each other's rotations.
/// </summary>
public sealed class RewtTestRing : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestHost> _hosts = [];
    private readonly TestHost _nobody;

    /// <summary>A ring whose clock shows the time of its making, in whole seconds.</summary>
    public RewtTestRing()
        : this(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()))
    {
    }

    /// <summary>A ring whose clock shows a given time.</summary>
    /// <param name="start">What the clock shows until it is moved.</param>
    public RewtTestRing(DateTimeOffset start)
    {
        Clock = new RewtTestClock(start);
        Stores = new TestStores(Clock);
        _nobody = new TestHost(this, null);
    }

    /// <summary>The clock of the ring and of its hosts.</summary>
    public RewtTestClock Clock { get; }

    internal TestStores Stores { get; }

    /// <summary>A token as a service would send it, to be sent later, elsewhere or not at all. Where several hosts share the ring, the one of the audience's name gives the settings.</summary>
    /// <param name="service">The service that signs.</param>
    /// <param name="audience">The service that is called.</param>
    /// <param name="claims">What else the token says.</param>
    /// <param name="tenant">Whose keys sign, where each tenant has its own.</param>
    /// <param name="scheme">The scheme that is to accept it; by default the main one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">A name is none, or a claim is not the caller's to set.</exception>
    /// <exception cref="InvalidOperationException">A tenant is missing, no host has the scheme, or its keys come from files.</exception>
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

    /// <summary>Verifies a token that a host has sent, as the service that it was sent to would.</summary>
    /// <param name="token">The token, without the word <c>Bearer</c>.</param>
    /// <param name="audience">The service that was called.</param>
    /// <param name="tenant">Whose keys may have signed, where each tenant has its own.</param>
    /// <param name="scheme">The scheme that would take it; by default the main one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">A name is none.</exception>
    /// <exception cref="InvalidOperationException">A tenant is missing, no host has the scheme, or its keys come from files.</exception>
    public async Task<RewtVerification> VerifyAsync(
        string token, string audience, string? tenant = null, string? scheme = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        TestNames.Check(audience, nameof(audience));
        var (host, settings) = Find(scheme, audience);
        var tokens = await host.Caller(settings, audience).VerifierAsync(tenant, cancellationToken).ConfigureAwait(false);
        return await tokens.VerifyBearerAsync(token, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The key that signs retires, another follows; with key pairs, those of all who have signed. It happens in an outage too, and hosts learn of it after the outage.
    /// </summary>
    /// <param name="scheme">Whose ring; by default the main scheme's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">Each tenant has a ring of its own, no host has the scheme, or its keys come from files.</exception>
    public Task RotateAsync(string? scheme = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(scheme, static (keeper, cancellation) => keeper.RotateAsync(cancellation), cancellationToken);

    /// <summary>
    /// The key that signs is dead, and with it all that it signed; another follows. With key pairs, those of all who have signed. It happens in an outage too, and hosts
    /// learn of it after the outage. One key by its id: <see cref="IRewtKeyRing.RevokeAsync"/> of a host.
    /// </summary>
    /// <param name="tenant">Whose keys, where each tenant has its own: all of them.</param>
    /// <param name="scheme">Whose ring; by default the main scheme's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">A tenant is missing, no host has the scheme, or its keys come from files.</exception>
    public async Task RevokeAsync(string? tenant = null, string? scheme = null, CancellationToken cancellationToken = default)
    {
        if (tenant is null)
        {
            await ChangeAsync(scheme, static (keeper, cancellation) => keeper.RevokeAsync(keeper.Known!.Current!.KeyId, cancellation), cancellationToken).ConfigureAwait(false);
            return;
        }

        var (host, settings) = Find(scheme, null);
        var caller = host.Caller(settings, TestNames.Operator);
        await caller.VerifierAsync(tenant, cancellationToken).ConfigureAwait(false);
        await caller.Tenants.RevokeTenantAsync(tenant, cancellationToken).ConfigureAwait(false);
        await TellHostsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Cuts the hosts off from their keys, as if Redis were down. They go on with the keys they know until <see cref="RewtOptions.StaleBudget"/> has passed on the
    /// <see cref="Clock"/>. Callers that the kit plays are not cut off.
    /// </summary>
    public void GoDown() => Stores.Outage.IsOn = true;

    /// <summary>Ends what <see cref="GoDown"/> began.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task ComeBackAsync(CancellationToken cancellationToken = default)
    {
        Stores.Outage.IsOn = false;
        foreach (var host in Hosts()) await host.RecoverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the callers that were played without a host; a host ends its own.</summary>
    public void Dispose() => _nobody.Dispose();

    /// <summary>Ends the callers that were played without a host; a host ends its own.</summary>
    public ValueTask DisposeAsync() => _nobody.DisposeAsync();

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

    /// <summary>Has the hosts look for the keys of a service that has not called before.</summary>
    internal Task IntroduceAsync(string service, CancellationToken cancellationToken)
    {
        foreach (var keeper in Hosts().SelectMany(host => host.Registry?.Opened() ?? [])) keeper.Ask(service);
        return TellHostsAsync(cancellationToken);
    }

    private TestHost[] Hosts()
    {
        lock (_gate) return [.. _hosts];
    }

    private (TestHost Host, RewtOptions Settings) Find(string? scheme, string? audience)
    {
        var found = Hosts().Append(_nobody).Select(host => (Host: host, Settings: host.Find(scheme)!)).Where(seat => seat.Settings is not null).ToList();
        if (found.Count == 0) throw new InvalidOperationException($"No host on this ring has a Rewt scheme '{scheme}'; hosts are there once they have started.");
        var seat = found.FirstOrDefault(seat => seat.Settings.ServiceName == audience && audience is not null, found[0]);
        TestHost.Require(seat.Settings);
        return seat;
    }

    private async Task ChangeAsync(string? scheme, Func<RingKeeper, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var (host, settings) = Find(scheme, null);
        if (settings.Tenants)
        {
            throw new InvalidOperationException(
                $"Each tenant of '{settings.Namespace}' has keys of its own (Rewt:Tenants): revoke those of one by its name; they rotate when the clock is moved by RotationInterval.");
        }

        foreach (var keeper in await SignersAsync(host, settings, cancellationToken).ConfigureAwait(false)) await change(keeper, cancellationToken).ConfigureAwait(false);
        await TellHostsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Those whose commands reach all keys that sign.</summary>
    private async Task<IReadOnlyList<RingKeeper>> SignersAsync(TestHost host, RewtOptions settings, CancellationToken cancellationToken)
    {
        if (settings.KeyMode == KeyMode.SharedSecret)
        {
            var caller = host.Caller(settings, TestNames.Operator);
            await caller.ReadNowAsync(cancellationToken).ConfigureAwait(false);
            return [caller.Keeper];
        }

        var played = Hosts().Append(_nobody).SelectMany(each => each.Callers).Where(caller => caller.Ring.Namespace == settings.Namespace).Select(caller => caller.Keeper);
        var own = Stores.Outage.IsOn ? [] : Hosts().SelectMany(each => each.Registry?.Opened() ?? []).Where(keeper => keeper.Name == settings.Namespace);
        return [.. played.Concat(own).Where(keeper => keeper.Known?.Current is not null)];
    }

    private async Task TellHostsAsync(CancellationToken cancellationToken)
    {
        if (Stores.Outage.IsOn) return;
        foreach (var host in Hosts()) await host.ReadNowAsync(cancellationToken).ConfigureAwait(false);
    }
}
