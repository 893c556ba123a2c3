namespace Rewt.Tests.Ring;

/// <summary>Three instances on one store, people at redis-cli and a Node service, living through a list of steps.</summary>
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
    private int _values;

    public FleetHistory(IEnumerable<HistoryStep> steps)
    {
        _steps = new Queue<HistoryStep>(steps);
        _store = new InMemoryRingStore(_time);
        _instances = [.. Enumerable.Range(0, 3).Select(_ => new FleetInstance(_store, _schedule, _time))];
    }

    public IReadOnlyList<FleetInstance> Instances => _instances;

    public InMemoryRingStore Store => _store;

    /// <summary>Each step, and after each: no instance trusts a key that it saw dead.</summary>
    public async Task LiveAsync()
    {
        while (_steps.Count > 0) await NextAsync();
    }

    /// <summary>All instances carry out their plans until there is nothing to do, long enough for a failover to be believed.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 6; round++)
        {
            // The last rounds are at one moment, so that no deadline falls between two instances.
            if (round < 3) _time.Advance(TimeSpan.FromSeconds(1.1));
            foreach (var instance in _instances) await instance.UpdateAsync();
            foreach (var instance in _instances) instance.ShouldNotTrustTheDead();
        }
    }

    public RotationDecision Decide(RingReading reading) => RotationPolicy.Decide(reading, _schedule, Rings.Nothing, Secret.Generate);

    /// <summary>What an instance holds that knows nothing but this reading.</summary>
    public RingSnapshot Newcomer(RingReading reading, string? problem) =>
        new(reading, reading.Revoked, problem, _schedule, ClockReading.Now(_time), null);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task NextAsync()
    {
        var step = _steps.Dequeue();
        await DoAsync(step);
        if ((await _store.ReadAsync(CancellationToken.None)).Slot.Value is { } value) _formerValues.Add(value);
        foreach (var instance in _instances) instance.ShouldNotTrustTheDead();
    }

    private Task DoAsync(HistoryStep step)
    {
        var instance = _instances[step.Who % _instances.Length];
        return step.Deed switch
        {
            Deed.Update => UpdateAsync(instance, step.Amount, null),
            Deed.Rotate => UpdateAsync(instance, step.Amount, reading => RotationPolicy.Rotate(reading, _schedule, Secret.Generate)),
            Deed.Revoke => UpdateAsync(
                instance, step.Amount, reading => RotationPolicy.Revoke(reading, _schedule, Choose(reading, step.Amount), Secret.Generate)),
            Deed.Copy => CopyAsync(),
            Deed.FailOver => _copy is null ? Task.CompletedTask : Rings.RestoreAsync(_store, _copy),
            Deed.Node => GetOrCreateAsync(),
            Deed.Wait => Done(() => _time.Advance(TimeSpan.FromMilliseconds(step.Amount % 8 * step.Amount * 25))),
            Deed.Delete => Done(_store.Delete),
            Deed.Set => Done(() => _store.Set(NewValue())),
            Deed.SetWithTtl => Done(() => _store.Set(NewValue(), TimeSpan.FromSeconds(1 + step.Amount))),
            Deed.SetFormer when _formerValues.Count > 0 => Done(() => _store.Set(
                _formerValues[step.Amount % _formerValues.Count], step.Who == 0 ? TimeSpan.FromSeconds(1 + step.Amount) : null)),
            Deed.SetUseless => Done(() => _store.Set(new byte[step.Amount % Secret.MinimumBytes])),
            Deed.Expire => Done(() => _store.Expire(TimeSpan.FromMilliseconds(step.Amount * step.Amount * 10))),
            Deed.Persist => Done(() => _store.Expire(null)),
            Deed.Flush => Done(_store.Flush),
            _ => Task.CompletedTask,
        };
    }

    private async Task UpdateAsync(FleetInstance instance, int amount, Func<RingReading, RingChange>? command)
    {
        instance.Store.Fault = (amount / 4 % 6) switch
        {
            4 => WriteFault.LostAnswer,
            5 => WriteFault.Refused,
            _ => WriteFault.None,
        };
        instance.Store.Meanwhile = async () =>
        {
            for (var others = amount % 4; others > 0 && _steps.Count > 0; others--) await NextAsync();
        };
        await instance.UpdateAsync(command);
    }

    private async Task CopyAsync() => _copy = await _store.ReadAsync(CancellationToken.None);

    private async Task GetOrCreateAsync()
    {
        if ((await _store.ReadAsync(CancellationToken.None)).Slot.IsAbsent) _store.Set(NewValue(), Options.RotationInterval);
    }

    private byte[] NewValue() => Encoding.UTF8.GetBytes($"set by hand or by Node, the value number {++_values}");

    private static string Choose(RingReading reading, int amount)
    {
        var keys = reading.Ring!.KeyIds().ToList();
        return keys[amount % keys.Count];
    }
}
