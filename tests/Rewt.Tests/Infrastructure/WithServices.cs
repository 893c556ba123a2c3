namespace Rewt.Tests.Infrastructure;

/// <summary>Tests before each of which services are started, and after which they end, the last one first.</summary>
public abstract class WithServices : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _started = new();

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var service)) await service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the end of a service to this class.</summary>
    protected async Task<T> EndingAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        var service = await starting;
        _started.Push(service);
        return service;
    }
}
