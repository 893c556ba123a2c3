namespace Rewt.Tests.Ring;

/// <summary>Starts one server for all tests of a class, which flush it before use.</summary>
public abstract class RedisServerFixture(RedisServerKind kind) : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        if (kind != RedisServerKind.Real || Executables.RedisServer is not null) _server = await RedisServer.StartAsync(kind);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class GarnetFixture() : RedisServerFixture(RedisServerKind.Garnet);

public sealed class RealRedisFixture() : RedisServerFixture(RedisServerKind.Real);
