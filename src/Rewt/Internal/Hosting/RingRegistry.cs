using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>The rings of this process by the name they were registered under, opened on first use and closed with the container.</summary>
internal sealed class RingRegistry(
    IEnumerable<RingRegistration> registrations,
    IOptionsMonitor<RewtOptions> options,
    IRingStoreFactory stores,
    TimeProvider time,
    ILoggerFactory loggers,
    RewtMetrics metrics,
    IAuditActor? actor = null) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RingKeeper>> _keepers = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _names = [.. registrations.Select(registration => registration.Name).Distinct(StringComparer.Ordinal)];

    public IReadOnlyList<string> Names => _names;

    public RewtOptions Options(string name) => options.Get(name);

    /// <summary>The keeper of a namespace.</summary>
    /// <exception cref="InvalidOperationException">No registration has this namespace.</exception>
    public RingKeeper Keeper(string ring) => (_keepers.TryGetValue(ring, out var keeper) ? keeper : Open(ring)).Value;

    /// <summary>The keepers of all namespaces but one.</summary>
    public IEnumerable<RingKeeper> Others(string ring) =>
        _names.Select(name => options.Get(name).Namespace).Where(other => other != ring).Select(Keeper);

    /// <summary>The keepers that are in use.</summary>
    public IEnumerable<RingKeeper> Opened() => _keepers.Values.Where(keeper => keeper.IsValueCreated).Select(keeper => keeper.Value);

    /// <summary>Begins to keep all rings.</summary>
    /// <exception cref="InvalidOperationException">Two of them have one namespace.</exception>
    public void StartAll()
    {
        foreach (var twins in _names.GroupBy(name => options.Get(name).Namespace, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            throw new InvalidOperationException(
                $"Two rings have the namespace '{twins.Key}'; set Namespace of the scheme '{twins.Last()}' to one of its own.");
        }

        foreach (var name in _names) Keeper(options.Get(name).Namespace).Start();
    }

    public void Dispose()
    {
        foreach (var keeper in Opened()) keeper.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var keeper in Opened()) await keeper.DisposeAsync().ConfigureAwait(false);
    }

    private Lazy<RingKeeper> Open(string ring)
    {
        // Asked before anything is remembered: what others give as a ring's name must not fill the memory.
        var name = _names.FirstOrDefault(name => options.Get(name).Namespace == ring)
            ?? throw new InvalidOperationException($"No ring of the namespace '{ring}' is registered; AddRewt registers one.");
        return _keepers.GetOrAdd(ring, _ => new Lazy<RingKeeper>(() =>
        {
            var settings = options.Get(name);
            var telemetry = new RingTelemetry(new RingMetrics(metrics, ring), loggers.CreateLogger("Rewt.Audit"), actor);
            return new RingKeeper(settings, stores.Open(settings), time, loggers.CreateLogger("Rewt.KeyRing"), telemetry);
        }));
    }
}
