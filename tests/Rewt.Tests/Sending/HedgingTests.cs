namespace Rewt.Tests.Sending;

public sealed class HedgingTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Fact]
    public async Task A_stale_key_is_retried_while_a_hedged_attempt_goes_to_another_server()
    {
        var second = new TaskCompletionSource();
        await using var one = await Callee.StartAsync(async (context, number) =>
        {
            if (number > 1) return;
            await second.Task.WaitAsync(context.RequestAborted);
            await Callee.RefuseAsync(context, Stale);
        });
        await using var two = await Callee.StartAsync((_, _) => AsTask(() => second.TrySetResult()));
        await using var sender = Create(one.Address, two.Address);
        two.BeforeResponse = sender.RevokeCurrentKeyAsync;
        // With keys in memory, the attempts are signed in order.
        await sender.Ring.RotateAsync(Cancellation);

        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        one.Requests.Count.ShouldBe(2);
        two.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_hedged_attempt_that_is_moved_to_another_origin_is_not_sent()
    {
        await using var one = await Callee.StartAsync();
        await using var two = await Callee.StartAsync();
        await using var otherOrigin = await Callee.StartAsync();
        await using var sender = Create(one.Address, two.Address, new MovingHandler(otherOrigin.Address));
        // With keys in memory, the attempts are signed in order.
        await sender.Ring.RotateAsync(Cancellation);

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().CallAsync("/a"));

        refused.Message.ShouldContain(otherOrigin.Address.GetLeftPart(UriPartial.Authority));
        two.Requests.Count.ShouldBe(1);
        otherOrigin.Requests.ShouldBeEmpty();
    }

    private static Sender Create(Uri one, Uri two, DelegatingHandler? inner = null) => Sender.Create(services =>
    {
        var builder = services.AddHttpClient(Sender.Client, client => client.BaseAddress = new Uri("https://inventory.example"))
            .AddHttpMessageHandler(() => new HedgingHandler(one, two))
            .AddRewtSigning("inventory");
        if (inner is not null) builder.AddHttpMessageHandler(() => inner);
    });

    /// <summary>Sends a copy with the same options to both addresses concurrently and returns the response of the first.</summary>
    private sealed class HedgingHandler(Uri one, Uri two) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var first = Copy(request, one, "1");
            using var second = Copy(request, two, "2");
            var attempts = await Task.WhenAll(SendCopyAsync(first, cancellationToken), SendCopyAsync(second, cancellationToken));
            attempts[1].Dispose();
            return attempts[0];
        }

        private static HttpRequestMessage Copy(HttpRequestMessage request, Uri address, string attempt)
        {
            var copy = new HttpRequestMessage(request.Method, new Uri(address, request.RequestUri!.PathAndQuery));
            foreach (var (name, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[name] = value;
            copy.Headers.Add("X-Attempt", attempt);
            return copy.SetRewtClaims(new Dictionary<string, object> { ["attempt"] = attempt });
        }

        private Task<HttpResponseMessage> SendCopyAsync(HttpRequestMessage copy, CancellationToken cancellationToken) =>
            base.SendAsync(copy, cancellationToken);
    }

    /// <summary>Moves the first attempt to another origin after the second attempt has been answered.</summary>
    private sealed class MovingHandler(Uri otherOrigin) : DelegatingHandler
    {
        private readonly TaskCompletionSource _second = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.GetValues("X-Attempt").Single() == "2")
            {
                var response = await base.SendAsync(request, cancellationToken);
                _second.SetResult();
                return response;
            }

            await _second.Task.WaitAsync(cancellationToken);
            request.RequestUri = otherOrigin;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
