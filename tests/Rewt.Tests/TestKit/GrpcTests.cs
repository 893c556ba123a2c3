extern alias Greeting;

using Greeting::Rewt.Samples.Grpc;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using GreeterProgram = Greeting::Program;

namespace Rewt.Tests.TestKit;

/// <summary>Tests the statements of docs/transports.md and docs/testing.md about gRPC with the service of the sample.</summary>
public sealed class GrpcTests
{
    [Fact]
    public async Task A_gRPC_client_of_a_test_calls_with_the_identity_of_a_service()
    {
        await using var ring = new RewtTestRing();
        await using var greeter = Greeter(ring);
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpClient = greeter.CreateClient().WithRewtIdentity("orders") });

        var answer = await new Greeter.GreeterClient(channel).GreetAsync(new Greeting::Rewt.Samples.Grpc.Greeting { Text = "hello" }, cancellationToken: Cancellation);

        answer.Caller.ShouldBe("orders");
    }

    [Theory]
    [InlineData(false, RequestBinding.None, false)]
    [InlineData(false, RequestBinding.Target, false)]
    [InlineData(false, RequestBinding.Target | RequestBinding.Body, true)]
    [InlineData(true, RequestBinding.None, true)]
    public async Task A_stale_unary_call_is_retried_only_with_a_retry_policy_of_the_channel_or_a_bound_body(bool hasRetryPolicy, RequestBinding binding, bool isRetried)
    {
        await using var ring = new RewtTestRing();
        await using var greeter = Greeter(ring);
        var handler = new StaleKeyOnceHandler(greeter.Server.CreateHandler(), ring);
        var services = new ServiceCollection().AddRewtKeys(options => options.ServiceName = "orders").AddRewtTesting(ring);
        var client = services.AddGrpcClient<Greeter.GreeterClient>(options => options.Address = new Uri("http://localhost"))
            .ConfigurePrimaryHttpMessageHandler(() => handler)
            .AddRewtSigning(options => (options.Audience, options.Binding) = ("greeter", binding));
        if (hasRetryPolicy)
        {
            client.ConfigureChannel(channel => channel.ServiceConfig = new ServiceConfig
            {
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new RetryPolicy
                        {
                            MaxAttempts = 2,
                            InitialBackoff = TimeSpan.FromMilliseconds(10),
                            MaxBackoff = TimeSpan.FromMilliseconds(10),
                            BackoffMultiplier = 1,
                            RetryableStatusCodes = { StatusCode.Unauthenticated },
                        },
                    },
                },
            });
        }

        await using var provider = services.BuildServiceProvider();
        var call = provider.GetRequiredService<Greeter.GreeterClient>().GreetAsync(new Greeting::Rewt.Samples.Grpc.Greeting { Text = "hello" }, cancellationToken: Cancellation).ResponseAsync;

        if (isRetried) (await call).Caller.ShouldBe("orders");
        else (await Should.ThrowAsync<RpcException>(() => call)).StatusCode.ShouldBe(StatusCode.Unauthenticated);
        handler.Requests.ShouldBe(isRetried ? 2 : 1);
    }

    [Fact]
    public async Task A_unary_call_is_bound_to_its_method_and_its_message()
    {
        await using var ring = new RewtTestRing();
        await using var greeter = Greeter(ring);
        string? token = null;
        var services = new ServiceCollection().AddRewtKeys(options => options.ServiceName = "orders").AddRewtTesting(ring);
        services.AddGrpcClient<Greeter.GreeterClient>(options => options.Address = new Uri("http://localhost"))
            .ConfigurePrimaryHttpMessageHandler(() => new ObservingHandler(greeter.Server.CreateHandler(), request => token = request.Headers.Authorization!.Parameter))
            .AddRewtSigning(options => (options.Audience, options.Binding, options.OneTime) = ("greeter", RequestBinding.Target | RequestBinding.Body, true));
        await using var provider = services.BuildServiceProvider();

        var answer = await provider.GetRequiredService<Greeter.GreeterClient>().GreetAsync(new Greeting::Rewt.Samples.Grpc.Greeting { Text = "hello" }, cancellationToken: Cancellation);

        answer.Caller.ShouldBe("orders");
        var jwt = new JsonWebToken(token);
        jwt.GetClaim("htt").Value.ShouldBe(TokenBinding.HashOf("/rewt.samples.Greeter/Greet"));
        jwt.GetClaim("htb").Value.ShouldNotBe(TokenBinding.HashOf("application/grpc\n\n"));
        (await greeter.Services.GetRequiredService<IRewtTokens>().VerifyBearerAsync(token!, Cancellation)).Refusal.ShouldBe(RewtRefusal.WrongRequest);
    }

    [Theory]
    [InlineData("dns", "http://localhost:{0}", true)]
    [InlineData("dns", null, true)]
    [InlineData("dns", "http://localhost:1", false)]
    [InlineData("dns", "http://127.0.0.1:1", false)]
    [InlineData("static", "http://127.0.0.1:{0}", true)]
    [InlineData("static", null, true)]
    [InlineData("static", "http://localhost:{0}", false)]
    public async Task Client_side_load_balancing_signs_only_for_the_channel_host_or_allowed_origins(string kind, string? allowed, bool isSent)
    {
        var tokens = new ConcurrentQueue<string?>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Run(context =>
        {
            tokens.Enqueue(context.Request.Headers.Authorization);
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "5";
            return Task.CompletedTask;
        });
        await server.StartAsync(Cancellation);
        var port = new Uri(server.Urls.Single()).Port;
        await using var ring = new RewtTestRing();
        var services = new ServiceCollection().AddRewtKeys(options => options.ServiceName = "orders").AddRewtTesting(ring);
        services.AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [new BalancerAddress("127.0.0.1", port)]));
        services.AddGrpcClient<Greeter.GreeterClient>(options => options.Address = new Uri(kind == "dns" ? $"dns:///localhost:{port}" : "static:///greeter"))
            .ConfigureChannel(channel => channel.Credentials = ChannelCredentials.Insecure)
            .AddRewtSigning(options =>
            {
                options.Audience = "greeter";
                if (allowed is not null) options.AllowedOrigins.Add(string.Format(CultureInfo.InvariantCulture, allowed, port));
            });
        await using var provider = services.BuildServiceProvider();

        var call = provider.GetRequiredService<Greeter.GreeterClient>().GreetAsync(new Greeting::Rewt.Samples.Grpc.Greeting { Text = "hello" }, cancellationToken: Cancellation).ResponseAsync;

        (await Should.ThrowAsync<RpcException>(() => call)).StatusCode.ShouldBe(isSent ? StatusCode.NotFound : StatusCode.Internal);
        if (isSent) tokens.ShouldHaveSingleItem().ShouldStartWith("Bearer ");
        else tokens.ShouldBeEmpty();
    }

    private static WebApplicationFactory<GreeterProgram> Greeter(RewtTestRing ring) =>
        new WebApplicationFactory<GreeterProgram>().WithWebHostBuilder(host => host.ConfigureTestServices(services => services.AddRewtTesting(ring)));

    private sealed class ObservingHandler(HttpMessageHandler inner, Action<HttpRequestMessage> observe) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            observe(request);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Answers the first request like a receiver that has revoked the key of the caller.</summary>
    /// <summary>Revokes the key of the first request, and refuses the request.</summary>
    private sealed class StaleKeyOnceHandler(HttpMessageHandler inner, RewtTestRing ring) : DelegatingHandler(inner)
    {
        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Requests++ > 0) return await base.SendAsync(request, cancellationToken);

            await ring.RevokeCurrentKeyAsync(cancellationToken: cancellationToken);
            var refusal = new HttpResponseMessage(HttpStatusCode.Unauthorized) { RequestMessage = request, Version = HttpVersion.Version20 };
            refusal.Headers.WwwAuthenticate.Add(new("Bearer", "error=\"invalid_token\", rewt_error=\"stale_key\""));
            return refusal;
        }
    }
}
