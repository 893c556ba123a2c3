using Microsoft.AspNetCore.Hosting;

namespace Rewt.Tests.Sending;

/// <summary>Counts requests before anything judges them.</summary>
internal sealed class RequestCounter : IStartupFilter
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use((_, rest) =>
        {
            Interlocked.Increment(ref _count);
            return rest();
        });
        next(application);
    };
}
