using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rewt.Tests.Binding;

/// <summary>Represents a service that calls itself with bound tokens. Some of its endpoints require a binding.</summary>
internal sealed class PaymentService : IAsyncDisposable
{
    private readonly HttpProtocols _protocols;
    private TestService? _service;
    private int _calls;
    private long _receivedBytes;
    private string? _lastToken;
    private byte[] _lastBody = [];

    private PaymentService(HttpProtocols protocols) => _protocols = protocols;

    public TestService Service => _service!;

    /// <summary>Gets the number of requests whose complete body an endpoint has read.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Gets the number of bytes that the endpoints have read.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Gets the token of the last request.</summary>
    public string LastToken => Volatile.Read(ref _lastToken)!;

    /// <summary>Gets the body of the last request.</summary>
    public byte[] LastBody => Volatile.Read(ref _lastBody);

    /// <param name="signing">Configures the signing client.</param>
    /// <param name="settings">Configures the receiver.</param>
    /// <param name="protocols">The protocol of the server and the client.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="redis">The connection string; <see langword="null"/> for keys in memory.</param>
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
                }).AddHttpMessageHandler(() => new RecordingHandler(payments));
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

    /// <summary>Reads the complete body and responds with its hash.</summary>
    public async Task PayAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _receivedBytes, body.Length);
        await context.Response.WriteAsync(HashOf(body.ToArray()), context.RequestAborted);
    }

    public static string HashOf(byte[] body) => Convert.ToHexString(SHA256.HashData(body));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, Action<HttpRequestMessage>? prepare = null) =>
        SendAsync(Service.Client("self"), method, target, content, prepare);

    /// <summary>Sends a request with a captured token, as an attacker could.</summary>
    public Task<HttpResponseMessage> SendWithTokenAsync(string token, HttpMethod method, string target, HttpContent? content = null) =>
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

    private sealed class RecordingHandler(PaymentService payments) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Volatile.Write(ref payments._lastToken, request.Headers.Authorization!.Parameter);
            Volatile.Write(ref payments._lastBody, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
