namespace Rewt.Tests.Infrastructure;

/// <summary>Counts all requests, including those that are refused.</summary>
/// <param name="onRequest">Runs before a request is handled.</param>
internal sealed class RequestCounter(Action? onRequest = null) : IStartupFilter
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use((_, rest) =>
        {
            Interlocked.Increment(ref _count);
            onRequest?.Invoke();
            return rest();
        });
        next(application);
    };
}
