[assembly: AssemblyFixture(typeof(Rewt.Tests.Infrastructure.RedisPool))]

namespace Rewt.Tests.Infrastructure;

/// <summary>Servers that tests have given back as they were given to them: the next test gets one of them, emptied. They end with the run.</summary>
public sealed class RedisPool : IAsyncDisposable
{
    private static readonly ConcurrentBag<RedisServer> Real = [];
    private static readonly ConcurrentBag<RedisServer> Garnet = [];

    public static void Put(RedisServer server) => (server.IsRealRedis ? Real : Garnet).Add(server);

    /// <summary>A server that is empty and that nothing is connected to; null when there is none.</summary>
    public static async Task<RedisServer?> TakeAsync(bool isRealRedis)
    {
        while ((isRealRedis ? Real : Garnet).TryTake(out var server))
        {
            if (await server.TryCleanAsync()) return server;
            await server.EndAsync();
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Real.Concat(Garnet)) await server.EndAsync();
    }
}
