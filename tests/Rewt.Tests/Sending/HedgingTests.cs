namespace Rewt.Tests.Sending;

public sealed class HedgingTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Fact]
    public async Task A_stale_key_is_retried_though_another_attempt_went_elsewhere_meanwhile()
    {
        var second = new TaskCompletionSource();
        await using var one = await Callee.StartAsync(async (context, number) =>
        {
            if (number > 1) return;
            await second.Task.WaitAsync(context.RequestAborted);
            await Callee.RefuseAsync(context, Stale);
        });
        await using var two = await Callee.StartAsync((_, _) => Done(() => second.TrySetResult()));
        await using var sender = Create(one.Address, two.Address);
        two.BeforeAnswer = sender.LoseKeyAsync;
        // With keys in memory the attempts are signed in their order.
        await sender.Ring.RotateAsync(Cancellation);

        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        one.Requests.Count.ShouldBe(2);
        two.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_does_not_take_its_token_elsewhere_after_another_one_was_signed()
    {
        await using var one = await Callee.StartAsync();
        await using var two = await Callee.StartAsync();
        await using var stranger = await Callee.StartAsync();
        await using var sender = Create(one.Address, two.Address, new Straying(stranger.Address));
        // With keys in memory the attempts are signed in their order.
        await sender.Ring.RotateAsync(Cancellation);

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().CallAsync("/a"));

        refused.Message.ShouldContain(stranger.Address.GetLeftPart(UriPartial.Authority));
        two.Requests.Count.ShouldBe(1);
        stranger.Requests.ShouldBeEmpty();
    }

    private static Sender Create(Uri one, Uri two, DelegatingHandler? behind = null) => Sender.Create(services =>
    {
        var builder = services.AddHttpClient(Sender.Client, client => client.BaseAddress = new Uri("https://inventory.example"))
            .AddHttpMessageHandler(() => new Hedging(one, two))
            .AddRewtSigning("inventory");
        if (behind is not null) builder.AddHttpMessageHandler(() => behind);
    });

    /// <summary>Sends a copy with the same options to each address at once, and returns what the first one got.</summary>
    private sealed class Hedging(Uri one, Uri two) : DelegatingHandler
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

    /// <summary>Takes the first attempt to a stranger, once the second one has been answered.</summary>
    private sealed class Straying(Uri stranger) : DelegatingHandler
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
            request.RequestUri = stranger;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
