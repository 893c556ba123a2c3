using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Contains the key rings (<see cref="KeyRingProvider"/>) of all registered namespaces, and creates each key ring on first use. A namespace has one
/// key ring. If <see cref="RewtOptions.AlsoAccept"/> is set, the namespace has a second key ring, which verifies with the other kind of keys (shared
/// secret or key pairs). A process has one registry. The service container disposes the registry and its key rings.
/// </summary>
internal sealed class KeyRingRegistry(
    IEnumerable<RingRegistration> registrations,
    IOptionsMonitor<RewtOptions> options,
    IRingStoreFactory stores,
    TimeProvider time,
    ILoggerFactory loggers,
    RewtMetrics metrics,
    IAuditActor? actor = null,
    IKeyDownload? download = null) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, NamespaceKeyRings> _keyRings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OneTimeTokens> _oneTime = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names { get; } = [.. registrations.Select(registration => registration.Name).Distinct(StringComparer.Ordinal)];

    public RewtOptions Options(string name) => options.Get(name);

    /// <summary>Returns the key rings of a namespace.</summary>
    /// <exception cref="InvalidOperationException">The namespace is not registered.</exception>
    public NamespaceKeyRings KeyRings(string @namespace) => _keyRings.TryGetValue(@namespace, out var keyRings) ? keyRings : Open(@namespace);

    /// <summary>Returns the key ring that signs and verifies in a namespace.</summary>
    /// <exception cref="InvalidOperationException">The namespace is not registered.</exception>
    public KeyRingProvider Provider(string @namespace) => KeyRings(@namespace).Own;

    /// <summary>Returns the one or two key rings of a namespace.</summary>
    public IEnumerable<KeyRingProvider> All(string @namespace) => KeyRings(@namespace).All;

    public IEnumerable<string> Namespaces => Names.Select(name => options.Get(name).Namespace);

    /// <summary>Returns whether each tenant of a namespace has keys of its own.</summary>
    public bool HasTenants(string @namespace) => Provider(@namespace).Tenants is not null;

    /// <summary>
    /// Returns the health of the key rings and of the one-time tokens that are configured by the options with the given name. The method does not contact
    /// the store, but uses the last read and the last one-time token.
    /// </summary>
    public IEnumerable<RingHealth> Health(string name) =>
        All(options.Get(name).Namespace).Select(keyRing => keyRing.Health()).Concat(_oneTime.TryGetValue(options.Get(name).Namespace, out var oneTime) ? [oneTime.Health()] : []);

    public RingMetrics Metrics(string @namespace) => new(metrics, @namespace);

    /// <summary>Returns the object that records the used one-time tokens of a namespace and all its tenants.</summary>
    public OneTimeTokens OneTime(RewtOptions settings) => _oneTime.GetOrAdd(settings.Namespace, _ => new OneTimeTokens(settings, () => stores.OpenOneTime(settings), time));

    /// <summary>Returns the key rings that have been created.</summary>
    public IEnumerable<KeyRingProvider> Opened() => _keyRings.Values.SelectMany(keyRings => keyRings.Opened);

    /// <summary>Reads all key rings that have been created, as <see cref="PolledView{T}.ReadNowAsync"/> does.</summary>
    public async Task ReadNowAsync(CancellationToken cancellationToken)
    {
        foreach (var keyRing in Opened()) await keyRing.ReadNowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes this instance from the lists of live instances of all key rings whose store was reachable at the last read. The polling continues.
    /// </summary>
    public Task LeaveAsync() => Task.WhenAll(Opened().Where(keyRing => keyRing.LastFailure is null).Select(keyRing => keyRing.Tracker.LeaveAsync()));

    /// <summary>Starts the polling of all key rings.</summary>
    /// <exception cref="InvalidOperationException">Two registrations have the same namespace.</exception>
    public void StartAll()
    {
        foreach (var twins in Names.GroupBy(name => options.Get(name).Namespace, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            throw new InvalidOperationException(
                $"Two schemes have the namespace '{twins.Key}'. Set Namespace of the scheme '{twins.Last()}' to another value.");
        }

        foreach (var keyRing in Namespaces.SelectMany(All)) keyRing.Start();
    }

    public void Dispose()
    {
        foreach (var keyRing in Opened()) keyRing.Dispose();
        foreach (var oneTime in _oneTime.Values) oneTime.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var keyRing in Opened()) await keyRing.DisposeAsync().ConfigureAwait(false);
        foreach (var oneTime in _oneTime.Values) await oneTime.DisposeAsync().ConfigureAwait(false);
    }

    private NamespaceKeyRings Open(string @namespace)
    {
        // Checked before anything is stored: namespaces that callers supply must not fill the memory.
        var name = Names.FirstOrDefault(registered => options.Get(registered).Namespace == @namespace)
            ?? throw new InvalidOperationException($"The namespace '{@namespace}' is not registered. Register it with AddRewtKeys.");
        var settings = options.Get(name);
        var other = settings.AlsoAccept is { } mode && mode != settings.EffectiveKeyMode ? () => Open(settings, mode) : (Func<KeyRingProvider>?)null;
        return _keyRings.GetOrAdd(@namespace, _ => new NamespaceKeyRings(() => Open(settings, settings.EffectiveKeyMode), other));
    }

    private KeyRingProvider Open(RewtOptions settings, KeyMode mode)
    {
        var logger = loggers.CreateLogger("Rewt.KeyRing");
        var audit = new RingAudit(settings.Namespace, InstanceTracker.NewName(settings), actor, loggers.CreateLogger("Rewt.Audit"));
        var telemetry = new RingTelemetry(Metrics(settings.Namespace), audit);
        IKeySource source = ConfiguredKeySource.IsConfigured(settings)
            ? new ConfiguredKeySource(settings, download, time, logger)
            : mode == KeyMode.KeyPair
            ? new KeyPairSource(settings, stores.OpenPairs(settings), time, logger, telemetry)
            : new SharedSecretSource(settings, stores.Open(settings), time, logger, telemetry);
        return new KeyRingProvider(settings, source, time, logger, telemetry);
    }
}
