using Rewt.Tests.Docs;

namespace Rewt.Tests.Samples;

/// <summary>Runs the samples that only send calls, each with the service that it calls.</summary>
public sealed class SenderSampleTests(SenderSampleTests.CalledService called) : IClassFixture<SenderSampleTests.CalledService>
{
    [Fact]
    public async Task The_worker_calls_a_protected_service_and_logs_the_response()
    {
        await using var worker = SampleService.Run("Worker", "--ConnectionStrings:redis", called.Redis.ConnectionString, "--Services:shipping", called.Shipping.Address);

        await Eventually.TrueAsync(() => worker.HasExited || worker.Output.Contains("Shipping answered", StringComparison.Ordinal), "the worker logs a response");

        worker.Output.ShouldContain("""Shipping answered {"item":"teapot","caller":"worker","userId":null}""");
    }

    [Fact]
    public async Task A_Refit_client_calls_a_protected_service()
    {
        await using var sender = await SampleService.StartAsync("RefitClient", called.Redis, "--Services:shipping", called.Shipping.Address);

        await sender.SucceedsAsync("/shipments/teapot");

        await CurlExamples.RunAsync("samples/RefitClient/README.md", sender.Client.BaseAddress!.Authority);
    }

    /// <summary>Starts Shipping and its Redis server.</summary>
    public sealed class CalledService : WithServices
    {
        public RedisServer Redis { get; private set; } = null!;

        internal SampleService Shipping { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Redis = await DisposeAfterTestAsync(RedisServer.StartAsync());
            Shipping = await DisposeAfterTestAsync(SampleService.StartAsync("Shipping", Redis));
        }
    }
}
