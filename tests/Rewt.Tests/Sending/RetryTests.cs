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
    public async Task A_401_is_retried_once_if_its_reason_allows_it_and_the_key_changed(string? challenge, bool isKeyLost, int requests)
    {
        await using var callee = await Callee.RefusingAsync(challenge);
        await using var sender = Sender.For(callee.Address);
        if (isKeyLost) callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

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
    public async Task A_401_without_a_reason_makes_the_sender_check_its_current_key()
    {
        var secret = Secret.Generate();
        Sender? sender = null;
        await using var callee = await Callee.StartAsync((context, number) =>
        {
            if (number > 1) return Task.CompletedTask;
            // An operator changes the secret with SET, which sends no push to the sender.
            sender!.Memory.Store.Set(secret.CopyBytes());
            return Callee.RefuseAsync(context, null);
        });
        await using (sender = Sender.For(callee.Address))
        {
            (await sender.Http().CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.OK);
            callee.Requests[1].Jwt.Kid.ShouldBe(secret.KeyId.ToString());
        }
    }

    [Fact]
    public async Task A_401_is_returned_when_no_other_key_is_available()
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
    public async Task A_refused_call_is_not_retried_when_Retry_is_false()
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
    public async Task A_stream_is_retried_only_if_its_length_is_known_and_within_the_limit(string kind, int requests)
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address, options => options.MaxBufferedBodyBytes = 1000);
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;
        var body = new byte[kind == "over the cap" ? 1001 : 1000];
        Random.Shared.NextBytes(body);
        using var stream = new SingleReadStream(body, canSeek: kind is "up to the cap" or "over the cap");
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
    public async Task A_401_after_a_redirect_to_the_same_address_is_not_retried()
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
    public async Task Cancellation_during_the_retry_ends_the_call()
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
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

        await Should.ThrowAsync<OperationCanceledException>(() => sender.Http().GetAsync(Calls.Relative("/a"), cancellation.Token));

        callee.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_response_to_the_first_attempt_is_disposed()
    {
        var bodies = new List<DisposalTrackingContent>();
        Sender? sender = null;
        sender = Sender.For("https://inventory.example", primary: new StubHandler(_ =>
        {
            sender!.Memory.Store.Set(Secret.Generate().CopyBytes());
            bodies.Add(new DisposalTrackingContent());
            return bodies[^1].Refusal(Stale);
        }));
        await using var disposal = sender;

        using var response = await sender.Http().CallAsync("/a");

        bodies.Select(body => body.IsDisposed).ShouldBe([true, false]);
    }

    [Fact]
    public async Task Each_send_by_an_outer_handler_has_its_own_retry()
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address.AbsoluteUri, outer: () => new CallbackHandler(async (request, next) =>
        {
            (await next(request)).Dispose();
            return await next(request);
        }));
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

        (await sender.Http().CallAsync("/a")).Dispose();

        callee.Requests.Count.ShouldBe(4);
        callee.Requests.ShouldAllBe(request => request.Token != null);
    }
}
