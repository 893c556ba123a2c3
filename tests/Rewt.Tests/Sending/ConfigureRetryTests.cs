using Polly;

namespace Rewt.Tests.Sending;

/// <summary>What an application may change of the retry, and what it may not.</summary>
public sealed class ConfigureRetryTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_stale_key_is_retried_as_often_as_the_application_says_with_another_token_and_the_whole_body_each_time(int retries)
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.ConfigureRetry = retry =>
        {
            retry.MaxRetryAttempts = retries;
            retry.Delay = TimeSpan.FromMilliseconds(1);
            retry.BackoffType = DelayBackoffType.Exponential;
            retry.UseJitter = true;
        });
        callee.BeforeAnswer = sender.LoseKeyAsync;

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
    public async Task Another_answer_is_not_retried_whatever_is_set(int status, string? challenge)
    {
        await using var callee = await Callee.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.WWWAuthenticate = challenge;
            return Task.CompletedTask;
        });
        await using var plain = Sender.For(callee.Address);
        await using var sender = Sender.For(callee.Address, EverythingAgain);

        (await plain.Http().CallAsync("/a").StatusAsync()).ShouldBe((HttpStatusCode)status);
        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe((HttpStatusCode)status);
        callee.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task No_setting_makes_a_failed_send_or_a_body_that_can_be_sent_once_be_retried()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, EverythingAgain);
        callee.BeforeAnswer = sender.LoseKeyAsync;
        using var content = new StreamContent(new OnceStream(new byte[10], canSeek: false));

        (await sender.Http().PostAsync(Calls.Relative("/a"), content, Cancellation)).Dispose();
        callee.Requests.Count.ShouldBe(1);

        var handler = new StubHandler(_ => throw new HttpRequestException("the connection broke"));
        await using var failing = Sender.For("https://inventory.example", EverythingAgain, primary: handler);
        await Should.ThrowAsync<HttpRequestException>(() => failing.Http().CallAsync("/a"));
        handler.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_application_can_say_no_to_a_retry_and_gets_the_refusal_whole()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.ConfigureRetry = retry =>
            retry.ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result!.RequestMessage!.Method == HttpMethod.Get));
        callee.BeforeAnswer = sender.LoseKeyAsync;

        (await sender.Http().PostAsync(Calls.Relative("/a"), new StringContent("body"), Cancellation).TextAsync()).ShouldBe("refused");
        callee.Requests.Count.ShouldBe(1);

        (await sender.Http().CallAsync("/a")).Dispose();
        callee.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Telemetry_of_the_application_sees_the_refusal_and_how_long_the_first_attempt_took_in_the_pipeline()
    {
        var time = new FakeTimeProvider();
        var seen = new List<(HttpStatusCode Status, string? Header, int Attempt, TimeSpan Duration)>();
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
                        seen.Add((refused.StatusCode, refused.Headers.GetValues("X-Refused").Single(), arguments.AttemptNumber, arguments.Duration));
                        return ValueTask.CompletedTask;
                    });
            },
            new SharedMemoryRing(time));
        callee.BeforeAnswer = sender.LoseKeyAsync;
        await using (sender)
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
            seen.ShouldBe([(HttpStatusCode.Unauthorized, "yes", 0, TimeSpan.FromSeconds(2))]);
            sender.Retries.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_failure_of_the_applications_telemetry_reaches_the_caller_and_leaves_no_answer_open()
    {
        var body = new WatchedContent();
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
    public async Task Fewer_than_one_or_more_than_three_retries_stop_the_start(int retries)
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options => options.ConfigureRetry = retry => retry.MaxRetryAttempts = retries);

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("ConfigureRetry sets MaxRetryAttempts");
    }

    [Fact]
    public async Task A_value_that_Polly_refuses_stops_the_start()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"), options => options.ConfigureRetry = retry => retry.Delay = TimeSpan.FromSeconds(-1));

        Should.Throw<OptionsValidationException>(sender.Validate).Message.ShouldContain("Delay");
    }

    [Theory]
    [InlineData("the same key", false, 1)]
    [InlineData("another key in memory", false, 2)]
    [InlineData("another key in the store", false, 2)]
    [InlineData("another key in the store", true, 2)]
    public async Task A_synchronous_call_is_retried_as_an_asynchronous_one_is(string then, bool isStream, int requests)
    {
        Sender? sender = null;
        await using var callee = await Callee.StartAsync(async (context, number) =>
        {
            if (number > 1) return;
            if (then == "another key in memory") await sender!.Ring.RevokeAsync(sender.Memory.Secret.KeyId);
            if (then == "another key in the store") sender!.Memory.Store.Set(Rewt.Internal.Secret.Generate().CopyBytes());
            await Callee.RefuseAsync(context, Stale);
        });
        await using (sender = Sender.For(callee.Address))
        {
            using var content = isStream ? new StreamContent(new OnceStream("body"u8.ToArray(), canSeek: true)) : (HttpContent)new StringContent("body");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/a") { Content = content };

            using var response = sender.Http().Send(request, Cancellation);

            response.StatusCode.ShouldBe(requests > 1 ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
            callee.Requests.Count.ShouldBe(requests);
            callee.Requests.ShouldAllBe(received => received.Body.Length == 4);
            callee.Requests.Select(received => received.Jwt.Kid).Distinct().Count().ShouldBe(requests);
            sender.Retries.ShouldBe(requests - 1);
        }
    }

    private static void EverythingAgain(RewtSigningOptions options) => options.ConfigureRetry = static retry =>
    {
        retry.MaxRetryAttempts = 3;
        retry.ShouldHandle = static _ => PredicateResult.True();
    };
}
