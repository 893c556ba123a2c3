extern alias Greeting;

using Greeting::Rewt.Samples.Grpc;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using GreeterProgram = Greeting::Program;

namespace Rewt.Tests.TestKit;

/// <summary>What docs/transports.md and docs/testing.md say of gRPC, with the sample's service.</summary>
public sealed class GrpcTests
{
    [Fact]
    public async Task A_client_of_a_test_calls_as_a_service()
    {
        await using var ring = new RewtTestRing();
        await using var greeter = Greeter(ring);
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpClient = greeter.CreateClient().WithRewtIdentity("orders") });

        var answer = await new Greeter.GreeterClient(channel).GreetAsync(new Greeting::Rewt.Samples.Grpc.Greeting { Text = "hello" }, cancellationToken: Cancellation);

        answer.Caller.ShouldBe("orders");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_was_signed_with_a_stale_key_is_made_again_where_the_channel_is_told_to(bool isTold)
    {
        await using var ring = new RewtTestRing();
        await using var greeter = Greeter(ring);
        var wire = new StaleOnce(greeter.Server.CreateHandler());
        var services = new ServiceCollection().AddRewt(options => options.ServiceName = "orders").AddRewtTesting(ring);
        var client = services.AddGrpcClient<Greeter.GreeterClient>(options => options.Address = new Uri("http://localhost"))
            .ConfigurePrimaryHttpMessageHandler(() => wire)
            .AddRewtSigning("greeter");
        if (isTold)
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

        if (isTold) (await call).Caller.ShouldBe("orders");
        else (await Should.ThrowAsync<RpcException>(() => call)).StatusCode.ShouldBe(StatusCode.Unauthenticated);
        wire.Requests.ShouldBe(isTold ? 2 : 1);
    }

    private static WebApplicationFactory<GreeterProgram> Greeter(RewtTestRing ring) =>
        new WebApplicationFactory<GreeterProgram>().WithWebHostBuilder(host => host.ConfigureTestServices(services => services.AddRewtTesting(ring)));

    /// <summary>Answers the first request as a receiver does whose key was revoked meanwhile.</summary>
    private sealed class StaleOnce(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Requests++ > 0) return base.SendAsync(request, cancellationToken);
            var refusal = new HttpResponseMessage(HttpStatusCode.Unauthorized) { RequestMessage = request, Version = HttpVersion.Version20 };
            refusal.Headers.WwwAuthenticate.Add(new("Bearer", "error=\"invalid_token\", rewt_error=\"stale_key\""));
            return Task.FromResult(refusal);
        }
    }
}
