using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rewt.Tests.BadInput;

/// <summary>Any server on Kestrel, which keeps all that it was sent.</summary>
internal sealed class Callee : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Callee(WebApplication application) => _application = application;

    public ConcurrentQueue<string> Requests { get; } = [];

    public string Address => _application.Urls.Single();

    public static async Task<Callee> StartAsync(Action<HttpContext> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var callee = new Callee(builder.Build());
        callee._application.Run(context =>
        {
            var request = context.Request;
            callee.Requests.Enqueue($"{request.Method} {request.Path}{request.QueryString}\n" + string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}")));
            answer(context);
            return Task.CompletedTask;
        });
        await callee._application.StartAsync();
        return callee;
    }

    public static void RefuseKey(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
