using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Opens a namespace in Redis for one command of the tool, and reads and changes its key ring and tenants with the code of the library. The session
/// changes the key ring only if the command requires a change. The session uses the settings that the services have stored in Redis.
/// </summary>
internal sealed class RingSession : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IRingStore _store;
    private readonly TimeProvider _time;
    private readonly RingAudit _audit;

    private RingSession(ServiceProvider services, RewtOptions options, IRingStore store, TimeProvider time)
    {
        (_services, Options, _store, _time) = (services, options, store, time);
        Pairs = new PairSession(options, services.GetRequiredService<IRingStoreFactory>().OpenPairs(options), time);
        _audit = new RingAudit(options.Namespace, "rewt", new OperatorActor(), NullLogger.Instance);
    }

    public RewtOptions Options { get; }

    /// <summary>The store of the tenants that were revoked or deleted.</summary>
    public ITenantStore Tenants => _store.Tenants!;

    /// <summary>The session that reads and revokes the key pairs of the namespace.</summary>
    public PairSession Pairs { get; }

    public IRewtApps Apps => _services.GetRequiredService<IRewtApps>();

    private RingSchedule Schedule => RingSchedule.From(Options);

    private InstanceTracker Tracker => new(_store.Instances, Options, _time);

    /// <exception cref="ToolException">The Redis address on the command line is invalid.</exception>
    public static RingSession Open(ToolContext context, Action<RewtOptions>? configure = null)
    {
        if (RedisUrl.ConnectionStringFor(context.Redis) is { } form)
        {
            throw new ToolException(ExitCode.Usage, $"--redis (or REWT_REDIS) is a URL; write {form} instead.");
        }

        var services = new ServiceCollection();
        services.AddRewtKeys(options =>
        {
            (options.Redis, options.Namespace, options.ServiceName) = (context.Redis, context.Namespace, "rewt-tool");
            options.Sealing.Keys = [.. context.SealingKeyFiles.Select(Path.GetFullPath)];
            options.Sealing.RequireSealed = options.Sealing.Keys.Count > 0 && !context.Seals;
            configure?.Invoke(options);
        });
        services.AddRewtApps();
        services.AddSingleton<IAuditActor>(new OperatorActor());
        var provider = services.BuildServiceProvider();
        var settings = provider.GetRequiredService<IOptionsMonitor<RewtOptions>>().CurrentValue;
        return new RingSession(provider, settings, provider.GetRequiredService<IRingStoreFactory>().Open(settings), context.Time);
    }

    /// <summary>Reads the key ring from Redis. The method writes nothing, even if a rotation is due.</summary>
    public async Task<RingSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var readAt = ClockReading.Now(_time);
        var reading = await _store.ReadAsync(cancellationToken);
        if (reading.Settings is { } settings) settings.ApplyTo(Options);
        var verdict = RotationPolicy.Decide(reading, Schedule, ImmutableDictionary<KeyId, StoreTime>.Empty, Secret.Generate);
        var problem = reading.Problem is { UnsealedPlace: { } place }
            ? $"{place} is not sealed; omit --sealing-key-file (or REWT_SEALING_KEY_FILE) if the services do not seal, or add --seal if they do and you trust the writer"
            : verdict.Problem is { } other ? Failure.Translate(other) : null;
        return new RingSnapshot(reading, reading.Revoked, problem, Schedule, readAt, null);
    }

    /// <summary>
    /// Reads the key ring of a namespace whose services may sign with key pairs instead. If the Redis login may not read the key ring, the method returns
    /// an empty key ring, because the permissions of an operator for key pairs do not include the key ring.
    /// </summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <param name="ignoresErrors">Whether any other error also results in an empty key ring. The revocation of a key pair must not depend on the shared
    /// secret.</param>
    public async Task<RingSnapshot> ReadIfPermittedAsync(CancellationToken cancellationToken, bool ignoresErrors = false)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (CommandRefusal.Is(exception) || (ignoresErrors && !cancellationToken.IsCancellationRequested))
        {
            var nothing = new RingReading(SecretSlot.Absent, null, ImmutableDictionary<KeyId, StoreTime>.Empty, StoreTime.From(_time.GetUtcNow()));
            return new RingSnapshot(nothing, nothing.Revoked, null, Schedule, ClockReading.Now(_time), null);
        }
    }

    /// <summary>Reads the key ring from Redis, and throws if there is none.</summary>
    /// <exception cref="ToolException">The key ring does not exist or is unusable.</exception>
    public async Task<RingSnapshot> RequireAsync(CancellationToken cancellationToken)
    {
        var ring = await ReadAsync(cancellationToken);
        if (ring.Problem is { } problem) throw Unusable(problem);
        if (ring.Epoch is not null) return ring;
        var what = ring.Reading.Slot.IsAbsent ? "no key ring" : "a secret of Node's rewt, but no key ring";
        throw new ToolException(ExitCode.NoRing, $"The namespace '{Options.Namespace}' has {what}. Specify another namespace with --namespace or REWT_NAMESPACE, or start a service, which creates the key ring.");
    }

    /// <summary>
    /// Rotates the key ring. If the key that was current in <paramref name="known"/> is no longer current, for example because a scheduled rotation was
    /// due, the key ring is not rotated again.
    /// </summary>
    public Task<RingSnapshot> RotateAsync(RingSnapshot known, CancellationToken cancellationToken) =>
        ChangeAsync(reading => RotationPolicy.RotateFrom(known.Current?.KeyId, reading, Schedule, Secret.Generate), cancellationToken);

    public Task<RingSnapshot> RevokeAsync(KeyId keyId, CancellationToken cancellationToken) =>
        ChangeAsync(reading => RotationPolicy.Revoke(reading, Schedule, keyId, Secret.Generate), cancellationToken);

    /// <summary>Changes the state of a tenant. The namespace must have a key ring.</summary>
    /// <exception cref="ToolException">The key ring does not exist or is unusable.</exception>
    public async Task ChangeTenantAsync(string tenant, Func<TenantState, StoreTime, TenantState> change, CancellationToken cancellationToken)
    {
        var ring = await RequireAsync(cancellationToken);
        await Tenants.ChangeAsync(tenant, default, change, _audit.Commander, ring, ClockReading.Now(_time), cancellationToken);
    }

    /// <summary>Reads the newest entry of each instance, sorted by name.</summary>
    public async Task<IReadOnlyList<InstanceHeartbeat>> ReadInstancesAsync(CancellationToken cancellationToken) => await Tracker.ReadAsync(cancellationToken) ?? [];

    /// <returns>The live instances that have not yet loaded <paramref name="ring"/> or a newer version.</returns>
    public Task<IReadOnlyList<string>> WaitForAllAsync(RingSnapshot ring, TimeSpan timeout, CancellationToken cancellationToken) =>
        Tracker.WaitForAllAsync(ring, timeout, cancellationToken);

    public Task<DoctorReport> ExamineAsync(RingSnapshot ring, CancellationToken cancellationToken) =>
        new RingExamination(Options.Namespace, FleetSettings.Of(Options), _store.Doctor, Tracker).RunAsync(ring, cancellationToken);

    /// <summary>Derives the key of a tenant from a secret of the key ring.</summary>
    /// <exception cref="ToolException">The tenant is deleted.</exception>
    public async Task<SigningKey> KeyOfAsync(string tenant, RingKey key, CancellationToken cancellationToken)
    {
        var state = (await Tenants.FindAsync([tenant], cancellationToken))[0];
        return state.IsDeleted
            ? throw new ToolException(ExitCode.Denied, $"The tenant '{tenant}' of the namespace '{Options.Namespace}' is deleted. 'rewt tenants create {tenant}' creates it again.")
            : new TenantSecurityKey((_, _) => new(true), new(Options.Namespace, tenant), key.Secret, state.Generation).Signer;
    }

    /// <summary>Signs a token with the given key. The method does not start the background refresh of the key ring.</summary>
    public SignedToken Sign(SigningKey key, string? tenant, string? audience, IReadOnlyDictionary<string, object> claims) =>
        _services.GetRequiredKeyedService<TokenSigners>(string.Empty).For(tenant).SignBearer(key, audience, claims);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => _store.SubscribeAsync(onChange, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Pairs.DisposeAsync();
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <exception cref="ToolException">The key ring has become unusable, so that the change was not made.</exception>
    private async Task<RingSnapshot> ChangeAsync(Func<RingReading, RingChange?> command, CancellationToken cancellationToken)
    {
        var updater = new RingUpdater(Options.Namespace, _store, Schedule, _time, NullLogger.Instance, audit: _audit);
        var changed = await updater.UpdateAsync(null, command, cancellationToken) ?? throw new InvalidOperationException("The key ring could not be read after the change. Run 'rewt keys list' to see its state.");
        return changed.Problem is { } problem ? throw Unusable(Failure.Translate(problem)) : changed;
    }

    private ToolException Unusable(string problem) => new(ExitCode.Denied, $"The key '{Options.Namespace}:rewt-secret' cannot be used: {problem}.");
}
