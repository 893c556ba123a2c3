namespace Rewt.Tests.Ring;

/// <summary>Applies a list of steps to a fleet of three instances, a Node service and an operator with redis-cli on one store.</summary>
internal sealed class FleetHistory : IAsyncDisposable
{
    private static readonly RewtOptions Options = new() { RotationInterval = TimeSpan.FromSeconds(100), MaxTokenLifetime = TimeSpan.FromMinutes(2) };

    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRingStore _store;
    private readonly RingSchedule _schedule = RingSchedule.From(Options);
    private readonly FleetInstance[] _instances;
    private readonly Queue<HistoryStep> _steps;
    private readonly List<byte[]> _formerValues = [];
    private RingReading? _copy;
    private int _valueCount;

    public FleetHistory(IEnumerable<HistoryStep> steps)
    {
        _steps = new Queue<HistoryStep>(steps);
        _store = new InMemoryRingStore(_time);
        _instances = [.. Enumerable.Range(0, 3).Select(_ => new FleetInstance(_store, _schedule, _time))];
    }

    public IReadOnlyList<FleetInstance> Instances => _instances;

    public InMemoryRingStore Store => _store;

    /// <summary>Applies all steps and asserts after each that no instance trusts a key that it has seen as revoked.</summary>
    public async Task RunAsync()
    {
        while (_steps.Count > 0) await RunNextAsync();
    }

    /// <summary>Updates all instances until no change is planned, for long enough to accept a regressed ring.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 6; round++)
        {
            // The last rounds run at the same time, so that no deadline passes between two instances.
            if (round < 3) _time.Advance(TimeSpan.FromSeconds(1.1));
            foreach (var instance in _instances) await instance.UpdateAsync();
            foreach (var instance in _instances) instance.ShouldNotTrustRevokedKeys();
        }
    }

    public RotationDecision Decide(RingReading reading) => RotationPolicy.Decide(reading, _schedule, Rings.NoRevocations, Secret.Generate);

    /// <summary>Creates the snapshot of an instance that knows only this reading.</summary>
    public RingSnapshot CreateNewSnapshot(RingReading reading, string? problem) =>
        new(reading, reading.Revoked, problem, _schedule, ClockReading.Now(_time), null);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task RunNextAsync()
    {
        var step = _steps.Dequeue();
        await ApplyAsync(step);
        if ((await _store.ReadAsync(CancellationToken.None)).Slot.Value is { } value) _formerValues.Add(value);
        foreach (var instance in _instances) instance.ShouldNotTrustRevokedKeys();
    }

    private Task ApplyAsync(HistoryStep step)
    {
        var instance = _instances[step.Instance % _instances.Length];
        return step.Action switch
        {
            FleetAction.Update => UpdateAsync(instance, step.Argument, null),
            FleetAction.Rotate => UpdateAsync(instance, step.Argument, reading => RotationPolicy.Rotate(reading, _schedule, Secret.Generate)),
            FleetAction.Revoke => UpdateAsync(
                instance, step.Argument, reading => RotationPolicy.Revoke(reading, _schedule, Choose(reading, step.Argument), Secret.Generate)),
            FleetAction.CopyToReplica => CopyAsync(),
            FleetAction.FailOver => _copy is null ? Task.CompletedTask : Rings.RestoreAsync(_store, _copy),
            FleetAction.NodeGetOrCreate => GetOrCreateAsync(),
            FleetAction.Wait => AsTask(() => _time.Advance(TimeSpan.FromMilliseconds(step.Argument % 8 * step.Argument * 25))),
            FleetAction.Delete => AsTask(_store.Delete),
            FleetAction.Set => AsTask(() => _store.Set(NewValue())),
            FleetAction.SetWithTtl => AsTask(() => _store.Set(NewValue(), TimeSpan.FromSeconds(1 + step.Argument))),
            FleetAction.SetFormerValue when _formerValues.Count > 0 => AsTask(() => _store.Set(
                _formerValues[step.Argument % _formerValues.Count], step.Instance == 0 ? TimeSpan.FromSeconds(1 + step.Argument) : null)),
            FleetAction.SetInvalidValue => AsTask(() => _store.Set(new byte[step.Argument % Secret.MinimumBytes])),
            FleetAction.Expire => AsTask(() => _store.Expire(TimeSpan.FromMilliseconds(step.Argument * step.Argument * 10))),
            FleetAction.Persist => AsTask(() => _store.Expire(null)),
            FleetAction.Flush => AsTask(_store.Flush),
            _ => Task.CompletedTask,
        };
    }

    private async Task UpdateAsync(FleetInstance instance, int argument, Func<RingReading, RingChange>? command)
    {
        instance.Store.Fault = (argument / 4 % 6) switch
        {
            4 => WriteFault.LostReply,
            5 => WriteFault.Refused,
            _ => WriteFault.None,
        };
        instance.Store.BeforeWrite = async () =>
        {
            for (var count = argument % 4; count > 0 && _steps.Count > 0; count--) await RunNextAsync();
        };
        await instance.UpdateAsync(command);
    }

    private async Task CopyAsync() => _copy = await _store.ReadAsync(CancellationToken.None);

    private async Task GetOrCreateAsync()
    {
        if ((await _store.ReadAsync(CancellationToken.None)).Slot.IsAbsent) _store.Set(NewValue(), Options.RotationInterval);
    }

    private byte[] NewValue() => Encoding.UTF8.GetBytes($"set by hand or by Node, the value number {++_valueCount}");

    private static KeyId Choose(RingReading reading, int argument)
    {
        var keys = reading.Ring!.KeyIds().ToList();
        return keys[argument % keys.Count];
    }
}
