namespace Rewt.Tests.Infrastructure;

/// <summary>A server that keeps what it is sent and answers as the test says, 200 by default.</summary>
internal sealed class Callee : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Lock _gate = new();
    private readonly List<ReceivedRequest> _requests = [];

    private Callee(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>What happens between a request and its answer.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    public IEnumerable<string?> Tokens => Requests.Select(request => request.Token);

    /// <param name="answer">Writes the answer to the request of this number, counted from one.</param>
    public static async Task<Callee> StartAsync(Func<HttpContext, int, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var callee = new Callee(builder.Build());
        callee._application.Run(async context =>
        {
            var number = await callee.KeepAsync(context.Request);
            if (callee.BeforeAnswer is { } before) await before();
            if (answer is not null) await answer(context, number);
        });
        await callee._application.StartAsync();
        return callee;
    }

    /// <summary>Always 401, with this challenge.</summary>
    public static Task<Callee> RefusingAsync(string? challenge) => StartAsync((context, _) => RefuseAsync(context, challenge));

    public static async Task RefuseAsync(HttpContext context, string? challenge)
    {
        context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
        if (challenge is not null) context.Response.Headers.WWWAuthenticate = challenge;
        context.Response.Headers["X-Refused"] = "yes";
        await context.Response.WriteAsync("refused");
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<int> KeepAsync(HttpRequest request)
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
