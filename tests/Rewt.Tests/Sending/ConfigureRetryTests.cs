using Polly;

namespace Rewt.Tests.Sending;

/// <summary>Tests which settings of the retry an application can change through <c>ConfigureRetry</c>.</summary>
public sealed class ConfigureRetryTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_configured_retry_sends_a_new_token_and_the_complete_body(int retries)
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.ConfigureRetry = retry =>
        {
            retry.MaxRetryAttempts = retries;
            retry.Delay = TimeSpan.FromMilliseconds(1);
            retry.BackoffType = DelayBackoffType.Exponential;
            retry.UseJitter = true;
        });
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

        using var response = await sender.Http().PostAsync(Calls.Relative("/a"), new StringContent("body"), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("refused");
        callee.Requests.Count.ShouldBe(retries + 1);
        callee.Requests.ShouldAllBe(request => request.Body.Length == 4);
        callee.Tokens.Distinct().Count().ShouldBe(retries + 1);
        sender.Retries.ShouldBe(retries);
    }

    [Theory]
    [InlineData(401, "Bearer error=\"invalid_token\", rewt_error=\"expired\"")]
    [InlineData(401, null)]
    [InlineData(403, Stale)]
    [InlineData(500, Stale)]
    [InlineData(503, Stale)]
    [InlineData(200, Stale)]
    public async Task ShouldHandle_cannot_extend_the_retry_to_other_responses(int status, string? challenge)
    {
        await using var callee = await Callee.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.WWWAuthenticate = challenge;
            return Task.CompletedTask;
        });
        await using var plain = Sender.For(callee.Address);
        await using var sender = Sender.For(callee.Address, RetryEverything);

        (await plain.Http().CallAsync("/a").StatusAsync()).ShouldBe((HttpStatusCode)status);
        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe((HttpStatusCode)status);
        callee.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ShouldHandle_cannot_extend_the_retry_to_exceptions_or_single_use_bodies()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, RetryEverything);
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;
        using var content = new StreamContent(new SingleReadStream(new byte[10], canSeek: false));

        (await sender.Http().PostAsync(Calls.Relative("/a"), content, Cancellation)).Dispose();
        callee.Requests.Count.ShouldBe(1);

        var handler = new StubHandler(_ => throw new HttpRequestException("the connection broke"));
        await using var failing = Sender.For("https://inventory.example", RetryEverything, primary: handler);
        await Should.ThrowAsync<HttpRequestException>(() => failing.Http().CallAsync("/a"));
        handler.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ShouldHandle_can_suppress_the_retry_and_the_caller_receives_the_complete_401()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.ConfigureRetry = retry =>
            retry.ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result!.RequestMessage!.Method == HttpMethod.Get));
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

        (await sender.Http().PostAsync(Calls.Relative("/a"), new StringContent("body"), Cancellation).TextAsync()).ShouldBe("refused");
        callee.Requests.Count.ShouldBe(1);

        (await sender.Http().CallAsync("/a")).Dispose();
        callee.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task OnRetry_receives_the_refused_response_and_the_duration_of_the_first_attempt()
    {
        var time = new FakeTimeProvider();
        var observed = new List<(HttpStatusCode Status, string? Header, int Attempt, TimeSpan Duration)>();
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            if (number > 1) return Task.CompletedTask;
            time.Advance(TimeSpan.FromSeconds(2));
            return Callee.RefuseAsync(context, Stale);
        });
        var sender = Sender.Create(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddHttpClient(Sender.Client, client => client.BaseAddress = callee.Address)
                    .AddRewtSigning(options => options.ConfigureRetry = retry => retry.OnRetry = arguments =>
                    {
                        var refused = arguments.Outcome.Result!;
                        observed.Add((refused.StatusCode, refused.Headers.GetValues("X-Refused").Single(), arguments.AttemptNumber, arguments.Duration));
                        return ValueTask.CompletedTask;
                    });
            },
            new SharedMemoryRing(time));
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;
        await using (sender)
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
            observed.ShouldBe([(HttpStatusCode.Unauthorized, "yes", 0, TimeSpan.FromSeconds(2))]);
            sender.Retries.ShouldBe(1);
        }
    }

    [Fact]
    public async Task An_exception_from_OnRetry_reaches_the_caller_and_the_response_is_disposed()
    {
        var body = new DisposalTrackingContent();
        Sender? sender = null;
        sender = Sender.For(
            "https://inventory.example",
            options => options.ConfigureRetry = retry => retry.OnRetry = _ => throw new InvalidTimeZoneException(),
            primary: new StubHandler(_ =>
            {
                sender!.Memory.Store.Set(Rewt.Internal.Secret.Generate().CopyBytes());
                return body.Refusal(Stale);
            }));
        await using var disposal = sender;

        await Should.ThrowAsync<InvalidTimeZoneException>(() => sender.Http().CallAsync("/a"));

        body.IsDisposed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public async Task MaxRetryAttempts_outside_the_range_of_1_to_3_fails_options_validation(int retries)
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options => options.ConfigureRetry = retry => retry.MaxRetryAttempts = retries);

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("ConfigureRetry sets MaxRetryAttempts");
    }

    [Fact]
    public async Task A_value_that_Polly_rejects_fails_options_validation()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options => options.ConfigureRetry = retry => retry.Delay = TimeSpan.FromSeconds(-1));

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("Delay");
    }

    [Theory]
    [InlineData("the same key", false, 1)]
    [InlineData("another key in memory", false, 2)]
    [InlineData("another key in the store", false, 2)]
    [InlineData("another key in the store", true, 2)]
    public async Task A_synchronous_call_is_retried_like_an_asynchronous_one(string keyAfterRefusal, bool isStream, int requests)
    {
        Sender? sender = null;
        await using var callee = await Callee.StartAsync(async (context, number) =>
        {
            if (number > 1) return;
            if (keyAfterRefusal == "another key in memory") await sender!.Ring.RevokeAsync(sender.Memory.Secret.KeyId.ToString());
            if (keyAfterRefusal == "another key in the store") sender!.Memory.Store.Set(Rewt.Internal.Secret.Generate().CopyBytes());
            await Callee.RefuseAsync(context, Stale);
        });
        await using (sender = Sender.For(callee.Address))
        {
            using var content = isStream ? new StreamContent(new SingleReadStream("body"u8.ToArray(), canSeek: true)) : (HttpContent)new StringContent("body");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/a") { Content = content };

            using var response = sender.Http().Send(request, Cancellation);

            response.StatusCode.ShouldBe(requests > 1 ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
            callee.Requests.Count.ShouldBe(requests);
            callee.Requests.ShouldAllBe(received => received.Body.Length == 4);
            callee.Requests.Select(received => received.Jwt.Kid).Distinct().Count().ShouldBe(requests);
            sender.Retries.ShouldBe(requests - 1);
        }
    }

    private static void RetryEverything(RewtSigningOptions options) => options.ConfigureRetry = static retry =>
    {
        retry.MaxRetryAttempts = 3;
        retry.ShouldHandle = static _ => PredicateResult.True();
    };
}
