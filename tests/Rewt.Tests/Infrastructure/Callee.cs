namespace Rewt.Tests.Infrastructure;

/// <summary>A server that records the requests it receives and responds as the test specifies, by default with 200.</summary>
internal sealed class Callee : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Lock _gate = new();
    private readonly List<ReceivedRequest> _requests = [];

    private Callee(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>Gets or sets a callback that runs after a request was received and before the response is sent.</summary>
    public Func<Task>? BeforeResponse { get; set; }

    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    public IEnumerable<string?> Tokens => Requests.Select(request => request.Token);

    /// <param name="respond">Writes the response. The number of the request starts at one.</param>
    public static async Task<Callee> StartAsync(Func<HttpContext, int, Task>? respond = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var callee = new Callee(builder.Build());
        callee._application.Run(async context =>
        {
            var number = await callee.RecordAsync(context.Request);
            if (callee.BeforeResponse is { } before) await before();
            if (respond is not null) await respond(context, number);
        });
        await callee._application.StartAsync();
        return callee;
    }

    /// <summary>Starts a server that always responds with 401 and this challenge.</summary>
    public static Task<Callee> RefusingAsync(string? challenge) => StartAsync((context, _) => RefuseAsync(context, challenge));

    public static async Task RefuseAsync(HttpContext context, string? challenge)
    {
        context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
        if (challenge is not null) context.Response.Headers.WWWAuthenticate = challenge;
        context.Response.Headers["X-Refused"] = "yes";
        await context.Response.WriteAsync("refused");
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<int> RecordAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var lines = request.Headers.Select(header => $"{header.Key}: {header.Value}").Prepend($"{request.Method} {request.Path}{request.QueryString}");
        var head = string.Join('\n', lines);
        lock (_gate)
        {
            _requests.Add(new ReceivedRequest(head, request.Path, [.. request.Headers.Authorization], body.ToArray()));
            return _requests.Count;
        }
    }
}
