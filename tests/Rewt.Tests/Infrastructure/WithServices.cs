namespace Rewt.Tests.Infrastructure;

/// <summary>Base class of tests that start services before each test. The services are disposed after the test, in reverse order.</summary>
public abstract class WithServices : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _started = new();

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var service)) await service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Awaits a service and disposes it after the test.</summary>
    protected async Task<T> DisposeAfterTestAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        var service = await starting;
        _started.Push(service);
        return service;
    }
}
