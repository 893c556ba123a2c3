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

    /// <summary>Forwards a request without a body, which is sufficient for the samples.</summary>
    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(Next(), context.Request.Path + context.Request.QueryString));
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is not ("Host" or "Connection")) request.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

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
