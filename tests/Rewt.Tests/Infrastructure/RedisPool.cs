[assembly: AssemblyFixture(typeof(Rewt.Tests.Infrastructure.RedisPool))]

namespace Rewt.Tests.Infrastructure;

/// <summary>Holds unmodified servers that tests no longer use. They are emptied and reused, and stopped at the end of the test run.</summary>
public sealed class RedisPool : IAsyncDisposable
{
    private static readonly ConcurrentBag<RedisServer> Real = [];
    private static readonly ConcurrentBag<RedisServer> Garnet = [];

    public static void Return(RedisServer server) => (server.IsRealRedis ? Real : Garnet).Add(server);

    /// <summary>Returns an empty server without connections, or null if there is none.</summary>
    public static async Task<RedisServer?> TakeAsync(bool isRealRedis)
    {
        while ((isRealRedis ? Real : Garnet).TryTake(out var server))
        {
            if (await server.TryCleanAsync()) return server;
            await server.ShutDownAsync();
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Real.Concat(Garnet)) await server.ShutDownAsync();
    }
}
