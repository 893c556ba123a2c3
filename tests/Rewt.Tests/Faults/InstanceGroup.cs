using System.Collections;

namespace Rewt.Tests.Faults;

/// <summary>Represents instances that are disposed together.</summary>
public sealed class InstanceGroup(IReadOnlyList<Instance> all) : IReadOnlyList<Instance>, IAsyncDisposable
{
    public int Count => all.Count;

    public Instance this[int index] => all[index];

    /// <summary>Starts instances and waits until they have their keys.</summary>
    public static async Task<InstanceGroup> StartWarmAsync(int count, string redis, Action<RewtOptions>? settings = null) =>
        new(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Instance.StartWarmAsync(redis, settings))));

    /// <summary>Starts instances with individual settings one after another, because many simultaneous starts exceed a timeout on a busy machine.</summary>
    public static async Task<InstanceGroup> StartSequentiallyAsync(string redis, IEnumerable<Action<RewtOptions>> settings)
    {
        var all = new List<Instance>();
        foreach (var configure in settings) all.Add(await Instance.StartWarmAsync(redis, configure));
        return new(all);
    }

    public async Task<IEnumerable<string>> CurrentKeysAsync() => (await Task.WhenAll(all.Select(instance => instance.CurrentAsync()))).Distinct();

    /// <summary>Waits until all instances refuse the token because of its key.</summary>
    public Task WaitUntilRefusedAsync(string token) => Task.WhenAll(all.Select(instance => instance.WaitUntilRefusedAsync(token)));

    public IEnumerator<Instance> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in all) await instance.DisposeAsync();
    }
}
