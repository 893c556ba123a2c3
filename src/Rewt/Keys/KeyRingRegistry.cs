using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>
/// Holds the key rings (<see cref="KeyRingProvider"/>) of all registered namespaces and creates them on first use: one for each namespace and, with
/// <see cref="RewtOptions.AlsoAccept"/>, a second one that verifies tokens of the other kind of keys. A process has one registry, which the service
/// container disposes with its key rings.
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
    private readonly ConcurrentDictionary<string, RingMetrics> _metrics = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _names = [.. registrations.Select(registration => registration.Name).Distinct(StringComparer.Ordinal)];

    public IReadOnlyList<string> Names => _names;

    public RewtOptions Options(string name) => options.Get(name);

    /// <summary>The providers of a namespace.</summary>
    /// <exception cref="InvalidOperationException">No registration has this namespace.</exception>
    public NamespaceKeyRings KeyRings(string @namespace) => _keyRings.TryGetValue(@namespace, out var keyRings) ? keyRings : Open(@namespace);

    /// <summary>The provider of a namespace's keys.</summary>
    /// <exception cref="InvalidOperationException">No registration has this namespace.</exception>
    public KeyRingProvider Provider(string @namespace) => KeyRings(@namespace).Own;

    /// <summary>The provider of a namespace's keys of the other kind; <see langword="null"/> unless <see cref="RewtOptions.AlsoAccept"/> is set.</summary>
    /// <exception cref="InvalidOperationException">No registration has this namespace.</exception>
    public KeyRingProvider? Other(string @namespace) => KeyRings(@namespace).Other;

    /// <summary>The one or two providers of a namespace.</summary>
    public IEnumerable<KeyRingProvider> All(string @namespace) => KeyRings(@namespace).All;

    public IEnumerable<string> Namespaces => _names.Select(name => options.Get(name).Namespace);

    /// <summary>Whether each tenant of a namespace has keys of its own.</summary>
    public bool HasTenants(string @namespace) => Provider(@namespace).Tenants is not null;

    /// <summary>The health of a registration's key rings as their last reads have shown it. No store is contacted.</summary>
    public IEnumerable<RingHealth> Health(string name) => All(options.Get(name).Namespace).Select(keyRing => keyRing.Health());

    public RingMetrics Metrics(string @namespace) => _metrics.GetOrAdd(@namespace, name => new RingMetrics(metrics, name));

    /// <summary>The one-time tokens of a namespace, which its tenants share.</summary>
    public OneTimeTokens OneTime(RewtOptions settings) => _oneTime.GetOrAdd(settings.Namespace, _ => new OneTimeTokens(settings, () => stores.OpenOneTime(settings), time));

    /// <summary>The providers that have been opened.</summary>
    public IEnumerable<KeyRingProvider> Opened() => _keyRings.Values.SelectMany(keyRings => keyRings.Opened);

    /// <summary>Refreshes all opened rings at once: see <see cref="PolledView{T}.ReadNowAsync"/>.</summary>
    public async Task ReadNowAsync(CancellationToken cancellationToken)
    {
        foreach (var keyRing in Opened()) await keyRing.ReadNowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts polling all rings.</summary>
    /// <exception cref="InvalidOperationException">Two of them share a namespace.</exception>
    public void StartAll()
    {
        foreach (var twins in _names.GroupBy(name => options.Get(name).Namespace, StringComparer.Ordinal).Where(group => group.Count() > 1))
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
        var name = Named(@namespace)
            ?? throw new InvalidOperationException($"The namespace '{@namespace}' is not registered. Register it with AddRewtKeys.");
        var settings = options.Get(name);
        var other = settings.AlsoAccept is { } mode && mode != settings.EffectiveKeyMode && !ConfiguredKeySource.IsConfigured(settings) ? () => Open(settings, mode) : (Func<KeyRingProvider>?)null;
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

    private string? Named(string @namespace) => _names.FirstOrDefault(name => options.Get(name).Namespace == @namespace);
}
