namespace Rewt.Tests.Sending;

public sealed class RetryTests
{
    private const string Stale = "Bearer error=\"invalid_token\", error_description=\"x\", rewt_error=\"stale_key\"";

    public static TheoryData<string?, bool, int> Challenges => new()
    {
        { Stale, true, 2 },
        { Stale, false, 1 },
        { "Basic realm=\"x\", " + Stale, true, 2 },
        { "Bearer error=\"invalid_token\", rewt_error=\"expired\"", true, 1 },
        { "Bearer error=\"invalid_token\", rewt_error=\"not_yet_valid\"", true, 1 },
        { "Bearer error=\"invalid_token\", rewt_error=\"bad_audience\"", true, 1 },
        { "Bearer error=\"invalid_token\", rewt_error=\"invalid\"", true, 1 },
        { "Bearer error=\"insufficient_scope\"", true, 1 },
        { "Bearer", true, 2 },
        { "Bearer", false, 1 },
        { "Basic realm=\"x\"", false, 1 },
        { null, true, 2 },
        { null, false, 1 },
    };

    [Theory]
    [MemberData(nameof(Challenges))]
    public async Task A_callee_that_always_answers_401_gets_as_many_attempts_as_its_reason_and_the_keys_allow(string? challenge, bool isKeyLost, int requests)
    {
        await using var callee = await Callee.RefusingAsync(challenge);
        await using var sender = Sender.For(callee.Address);
        if (isKeyLost) callee.BeforeAnswer = sender.LoseKeyAsync;

        using var response = await sender.Http().PostAsync(Calls.Relative("/a"), new StringContent("body"), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("X-Refused").ShouldBe(["yes"]);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("refused");
        callee.Requests.Count.ShouldBe(requests);
        callee.Requests.ShouldAllBe(request => request.Body.Length == 4);
        callee.Tokens.Distinct().Count().ShouldBe(requests);
        sender.Retries.ShouldBe(requests - 1);
    }

    [Fact]
    public async Task A_401_without_a_reason_makes_the_sender_check_that_its_key_is_still_current()
    {
        var secret = Secret.Generate();
        Sender? sender = null;
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            if (number > 1) return Task.CompletedTask;
            // As a human does with SET: nothing tells the sender.
            sender!.Memory.Store.Set(secret.CopyBytes());
            return Callee.RefuseAsync(context, null);
        });
        await using (sender = Sender.For(callee.Address))
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
            callee.Requests[1].Jwt.Kid.ShouldBe(secret.KeyId);
        }
    }

    [Fact]
    public async Task A_401_that_a_new_key_does_not_fix_is_returned()
    {
        Sender? sender = null;
        await using var callee = await Callee.StartAsync((context, _) =>
        {
            sender!.Memory.Store.Set("unusable"u8.ToArray());
            return Callee.RefuseAsync(context, Stale);
        });
        await using (sender = Sender.For(callee.Address))
        {
            using var response = await sender.Http().CallAsync("/a");

            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("refused");
            callee.Requests.Count.ShouldBe(1);
            sender.Retries.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Without_Retry_there_is_none()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.Retry = false);

        (await sender.Http().CallAsync("/a")).Dispose();

        callee.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("no length", 1)]
    [InlineData("over the cap", 1)]
    [InlineData("up to the cap", 2)]
    [InlineData("multipart with a stream", 1)]
    public async Task A_stream_is_sent_again_only_if_its_declared_length_is_short(string kind, int requests)
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.MaxBufferedBodyBytes = 1000);
        callee.BeforeAnswer = sender.LoseKeyAsync;
        var body = new byte[kind == "over the cap" ? 1001 : 1000];
        Random.Shared.NextBytes(body);
        using var stream = new OnceStream(body, canSeek: kind is "up to the cap" or "over the cap");
        using HttpContent content = kind == "multipart with a stream"
            ? new MultipartFormDataContent("boundary") { { new StreamContent(stream), "file" } }
            : new StreamContent(stream);

        using var response = await sender.Http().PostAsync(Calls.Relative("/a"), content, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("X-Refused").ShouldBe(["yes"]);
        response.Headers.WwwAuthenticate.ToString().ShouldBe(Stale);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("refused");
        callee.Requests.Count.ShouldBe(requests);
        foreach (var request in callee.Requests) (request.Body.AsSpan().IndexOf(body) >= 0).ShouldBeTrue();
        sender.Retries.ShouldBe(requests - 1);
    }

    [Fact]
    public async Task A_401_after_a_redirect_is_not_retried_even_if_it_led_back_to_the_same_address()
    {
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            if (number > 1) return Callee.RefuseAsync(context, Stale);
            context.Response.Redirect("/a", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await using var sender = Sender.For(callee.Address);

        (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        callee.Requests.Count.ShouldBe(2);
        callee.Requests[1].Authorization.ShouldBeEmpty();
        sender.Retries.ShouldBe(0);
    }

    [Fact]
    public async Task Cancelling_ends_the_call()
    {
        using var cancellation = new CancellationTokenSource();
        await using var callee = await Callee.StartAsync(async (context, number) =>
        {
            if (number == 1)
            {
                await Callee.RefuseAsync(context, Stale);
                return;
            }

            await cancellation.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using var sender = Sender.For(callee.Address);
        callee.BeforeAnswer = sender.LoseKeyAsync;

        await Should.ThrowAsync<OperationCanceledException>(() => sender.Http().GetAsync(Calls.Relative("/a"), cancellation.Token));

        callee.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_answer_to_the_first_attempt_is_disposed()
    {
        var bodies = new List<WatchedContent>();
        Sender? sender = null;
        sender = Sender.For("https://inventory.example", primary: new StubHandler(_ =>
        {
            sender!.Memory.Store.Set(Secret.Generate().CopyBytes());
            bodies.Add(new WatchedContent());
            return bodies[^1].Refusal(Stale);
        }));
        await using var disposal = sender;

        using var response = await sender.Http().CallAsync("/a");

        bodies.Select(body => body.IsDisposed).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_request_that_an_outer_handler_sends_again_gets_its_own_retry()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address.AbsoluteUri, above: () => new DoingHandler(async (request, next) =>
        {
            (await next(request)).Dispose();
            return await next(request);
        }));
        callee.BeforeAnswer = sender.LoseKeyAsync;

        (await sender.Http().CallAsync("/a")).Dispose();

        callee.Requests.Count.ShouldBe(4);
        callee.Requests.ShouldAllBe(request => request.Token != null);
    }
}
