using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rewt.Samples.Demo;

/// <summary>A round-robin load balancer in front of the instances of a service.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly WebApplication _application;
    private Uri[] _instances = [];
    private uint _turn;

    private LoadBalancer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(ForwardAsync);
    }

    /// <summary>The last request with a body.</summary>
    public CapturedCall? Captured { get; private set; }

    public string Address => _application.Urls.Single();

    public static async Task<LoadBalancer> StartAsync(CancellationToken cancellationToken)
    {
        var balancer = new LoadBalancer();
        await balancer._application.StartAsync(cancellationToken);
        return balancer;
    }

    /// <summary>Sets the addresses of the instances, which are known once they have started.</summary>
    public void Serve(IEnumerable<Uri> instances) => Volatile.Write(ref _instances, [.. instances]);

    public Uri Next()
    {
        var instances = Volatile.Read(ref _instances);
        return instances[Interlocked.Increment(ref _turn) % instances.Length];
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Forwards a request, and keeps it if it has a body.</summary>
    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.OfType<string>().ToArray()));
        var call = new CapturedCall(context.Request.Method, context.Request.Path + context.Request.QueryString, [.. headers], body.ToArray());
        if (body.Length > 0) Captured = call;

        using var request = call.ToRequest(Next());
        try
        {
            using var response = await _client.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                if (name is not ("Connection" or "Transfer-Encoding")) context.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (HttpRequestException)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected.
        }
    }
}
