using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The <see cref="IKeySource"/> of a namespace whose services share one secret. The source uses <see cref="RingUpdater"/> to read, rotate and revoke
/// keys.
/// </summary>
internal sealed class SharedSecretSource(RewtOptions options, IRingStore store, TimeProvider time, ILogger logger, RingTelemetry? telemetry = null) : IKeySource
{
    private readonly RingSchedule _schedule = RingSchedule.From(options);
    private readonly RingUpdater _updater = new(options.Namespace, store, RingSchedule.From(options), time, logger, telemetry?.Metrics, telemetry?.Audit);

    public IInstanceStore? Instances => store.Instances;

    public IStoreDoctor? Doctor => store.Doctor;

    public ITenantStore? Tenants => store.Tenants;

    public bool TakesKeyless => true;

    public bool IsPossible(KeyId keyId) => keyId.IsOfSecret;

    public void OnResumed() => store.OnResumed();

    public async Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken) =>
        await _updater.UpdateAsync((RingSnapshot?)previous, command is null ? null : reading => Plan((RingSnapshot?)previous, reading, command), cancellationToken).ConfigureAwait(false);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private RingChange? Plan(RingSnapshot? previous, RingReading reading, KeyCommand command)
    {
        if (command.Revoked is { } keyId) return RotationPolicy.Revoke(reading, _schedule, keyId, Secret.Generate);
        return previous?.Current is { } known
            ? RotationPolicy.RotateFrom(known.KeyId, reading, _schedule, Secret.Generate)
            : RotationPolicy.Rotate(reading, _schedule, Secret.Generate);
    }
}
