using Rewt.Internal;

namespace Rewt.Load;

/// <summary>
/// Runs many instances of one namespace in this process on a real Redis. Measures commands, bytes and connections in steady state, at a rotation
/// and at a mass restart.
/// </summary>
internal static class Scale
{
    public static async Task RunAsync(int instances, TimeSpan window, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        var connectionsBefore = await redis.ConnectionsAsync();
        var (restart, fleet) = await StartAsync(redis, instances);
        output.WriteLine(restart);
        await Task.Delay(TimeSpan.FromSeconds(8));
        var connections = (await redis.ConnectionsAsync() - connectionsBefore) / (double)instances;
        output.WriteLine($"connections: {connections:0.00} an instance");

        output.WriteLine(await MeasureAsync("steady", redis, instances, window, () => Task.CompletedTask));
        output.WriteLine(await MeasureAsync("rotation", redis, instances, window, () => fleet[0].GetRequiredService<IRewtKeyRing>().RotateAsync()));
        await Task.WhenAll(fleet.Select(services => services.DisposeAsync().AsTask()));
    }

    private static async Task<(string Line, List<ServiceProvider> Fleet)> StartAsync(RedisProcess redis, int instances)
    {
        var (commands, bytes, began) = (await redis.CommandsAsync(), await redis.BytesAsync(), TimeProvider.System.GetTimestamp());
        var fleet = Enumerable.Range(0, instances).Select(_ => Instance(redis.Address)).ToList();
        foreach (var services in fleet) services.GetRequiredService<KeyRingRegistry>().StartAll();
        var rings = await Task.WhenAll(fleet.Select(services => ReadyAsync(services.GetRequiredService<IRewtKeyRing>())));
        var duration = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var (perInstance, bytesPerInstance) = ((await redis.CommandsAsync() - commands) / (double)instances, (await redis.BytesAsync() - bytes) / (double)instances);
        var line = $"mass restart of {instances}: {perInstance:0.0} commands and {bytesPerInstance:0} bytes an instance until all are ready, {duration:0.0} s, {rings.Distinct(StringComparer.Ordinal).Count()} secret";
        return (line, fleet);
    }

    private static async Task<string> MeasureAsync(string name, RedisProcess redis, int instances, TimeSpan window, Func<Task> act)
    {
        var (commands, bytes, began) = (await redis.CommandsAsync(), await redis.BytesAsync(), TimeProvider.System.GetTimestamp());
        await act();
        await Task.Delay(window);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var (perSecond, bytesPerSecond) = ((await redis.CommandsAsync() - commands) / seconds, (await redis.BytesAsync() - bytes) / seconds);
        return
            $"{name}: {perSecond:0} commands/s and {bytesPerSecond / 1024:0} KiB/s over {seconds:0.0} s; an instance {perSecond / instances:0.00} commands/s and {bytesPerSecond / instances:0} B/s";
    }

    private static ServiceProvider Instance(string redis)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRewtKeys(options => (options.ServiceName, options.Redis) = ("orders", redis));
        return services.BuildServiceProvider();
    }

    private static async Task<string?> ReadyAsync(IRewtKeyRing ring)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return (await ring.GetAsync()).Current?.KeyId;
            }
            catch (RewtKeysUnavailableException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }
}
