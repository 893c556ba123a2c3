using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rewt.Tests.Binding;

/// <summary>A service that calls itself with bound tokens, and endpoints that require them or not.</summary>
internal sealed class PaymentService : IAsyncDisposable
{
    private readonly HttpProtocols _protocols;
    private TestService? _service;
    private int _calls;
    private long _received;
    private string? _token;
    private byte[] _sent = [];

    private PaymentService(HttpProtocols protocols) => _protocols = protocols;

    public TestService Service => _service!;

    /// <summary>How often an endpoint has read a whole body.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The bytes that the endpoints have read.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The token that left last.</summary>
    public string Token => Volatile.Read(ref _token)!;

    /// <summary>The body that left last.</summary>
    public byte[] Sent => Volatile.Read(ref _sent);

    /// <param name="signing">Sets the binding of the client.</param>
    /// <param name="settings">Settings of the receiver.</param>
    /// <param name="protocols">The protocol of the server and the client.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="redis">A connection string; <see langword="null"/> for the memory.</param>
    /// <param name="use">Further middleware and endpoints.</param>
    public static async Task<PaymentService> StartAsync(
        Action<RewtSigningOptions>? signing = null,
        Action<RewtOptions>? settings = null,
        HttpProtocols protocols = HttpProtocols.Http1,
        Action<WebApplicationBuilder>? configure = null,
        string? redis = null,
        Action<WebApplication>? use = null)
    {
        var payments = new PaymentService(protocols);
        payments._service = await TestService.StartAsync(
            redis,
            "payments",
            settings,
            builder =>
            {
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
                builder.Services.AddHttpClient("self").AddRewtSigning(options =>
                {
                    options.Audience = "payments";
                    signing?.Invoke(options);
                }).AddHttpMessageHandler(() => new Recorder(payments));
                configure?.Invoke(builder);
            },
            application =>
            {
                use?.Invoke(application);
                application.Map("/{**rest}", payments.PayAsync).RequireAuthorization();
                application.Map("/target/{**rest}", payments.PayAsync).RequireBoundToken();
                application.Map("/body/{**rest}", payments.PayAsync).RequireBoundToken(body: true);
                application.MapGroup("/group").RequireBoundToken(body: true).RequireOneTimeToken().Map("/{**rest}", payments.PayAsync);
                application.Map("/attribute/{**rest}", [RequireBoundToken, RequireOneTimeToken] (HttpContext context) => payments.PayAsync(context));
            });
        return payments;
    }

    /// <summary>Reads the whole body as any endpoint does and answers with its hash.</summary>
    public async Task PayAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _received, body.Length);
        await context.Response.WriteAsync(HashOf(body.ToArray()), context.RequestAborted);
    }

    public static string HashOf(byte[] body) => Convert.ToHexString(SHA256.HashData(body));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, Action<HttpRequestMessage>? prepare = null) =>
        SendAsync(Service.Client("self"), method, target, content, prepare);

    /// <summary>Sends a request with this token, as an attacker could who has captured it.</summary>
    public Task<HttpResponseMessage> ShowAsync(string token, HttpMethod method, string target, HttpContent? content = null) =>
        SendAsync(Service.Http, method, target, content, request => request.Headers.Authorization = new("Bearer", token));

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string target, HttpContent? content, Action<HttpRequestMessage>? prepare)
    {
        var address = new Uri(Service.Address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address)
        {
            Content = content,
            Version = _protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        prepare?.Invoke(request);
        return await client.SendAsync(request, Cancellation);
    }

    private sealed class Recorder(PaymentService payments) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Volatile.Write(ref payments._token, request.Headers.Authorization!.Parameter);
            Volatile.Write(ref payments._sent, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
