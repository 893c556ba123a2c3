using System.Collections;

namespace Rewt.Tests.Faults;

/// <summary>Instances that end together.</summary>
public sealed class InstanceGroup(IReadOnlyList<Instance> all) : IReadOnlyList<Instance>, IAsyncDisposable
{
    public int Count => all.Count;

    public Instance this[int index] => all[index];

    /// <summary>Instances that have their keys.</summary>
    public static async Task<InstanceGroup> StartWarmAsync(int count, string redis, Action<RewtOptions>? settings = null) =>
        new(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Instance.StartWarmAsync(redis, settings))));

    /// <summary>Instances with settings of their own. They start one after another: many cold starts at once exceed a limit on a busy machine.</summary>
    public static async Task<InstanceGroup> StartInTurnAsync(string redis, IEnumerable<Action<RewtOptions>> settings)
    {
        var all = new List<Instance>();
        foreach (var each in settings) all.Add(await Instance.StartWarmAsync(redis, each));
        return new(all);
    }

    public async Task<IEnumerable<string>> CurrentKeysAsync() => (await Task.WhenAll(all.Select(instance => instance.CurrentAsync()))).Distinct();

    /// <summary>Waits until all refuse the token because of its key.</summary>
    public Task RefuseAsync(string token) => Task.WhenAll(all.Select(instance => instance.RefusesAsync(token)));

    public IEnumerator<Instance> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in all) await instance.DisposeAsync();
    }
}
