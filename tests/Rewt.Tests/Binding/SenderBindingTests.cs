using Rewt.Tests.Sending;

namespace Rewt.Tests.Binding;

/// <summary>Verifies how a client signs and sends bound requests.</summary>
public sealed class SenderBindingTests
{
    private const RequestBinding All = RequestBinding.Target | RequestBinding.Body;

    private static readonly Dictionary<string, (Action<HttpRequestMessage> Change, string? Error)> Changes = new(StringComparer.Ordinal)
    {
        ["method"] = (request => request.Method = HttpMethod.Put, "the method was changed after the request was signed"),
        ["query"] = (request => request.RequestUri = new Uri(request.RequestUri + "?trace=1"), "the path or the query was changed after the request was signed"),
        ["body"] = (request => request.Content = new StringContent("other"), "the body or its Content-Type or Content-Encoding was changed after the request was signed"),
        ["no body"] = (request => request.Content = null, "the body or its Content-Type or Content-Encoding was changed after the request was signed"),
        ["content type"] = (request => request.Content!.Headers.ContentType = new("text/csv"), "the body or its Content-Type or Content-Encoding was changed after the request was signed"),
        ["content encoding"] = (request => request.Content!.Headers.ContentEncoding.Add("br"), "the body or its Content-Type or Content-Encoding was changed after the request was signed"),
        ["a copy of the body"] = (request => request.Content = new StringContent("body"), null),
        ["a header"] = (request => request.Headers.Add("traceparent", "00"), null),
    };

    public static MatrixTheoryData<string, bool> ChangeNames => new(Changes.Keys, [false, true]);

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task A_request_that_is_changed_after_signing_is_not_sent(string name, bool isSynchronous)
    {
        var (change, error) = Changes[name];
        var wire = new StubHandler();
        await using var sender = Sender.For("https://payments", options => options.Binding = All, inner: () => new ChangingHandler(change), primary: wire);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pay") { Content = new StringContent("body") };
        async Task<HttpResponseMessage> SendAsync() => isSynchronous ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);

        if (error is null) (await SendAsync()).Dispose();
        else
        {
            (await Should.ThrowAsync<InvalidOperationException>(SendAsync)).Message.ShouldBe(
                $"The HTTP client 'inventory' did not send a request: {error}. Handlers behind AddRewtSigning, in the order of a request: ChangingHandler. "
                + "Add the handler that changes requests before AddRewtSigning.");
        }

        wire.Sent.Count.ShouldBe(error is null ? 1 : 0);
    }

    [Fact]
    public async Task A_handler_before_the_signing_handler_may_change_the_request()
    {
        var wire = new StubHandler();
        await using var sender = Sender.For("https://payments", options => options.Binding = All, outer: () => new ChangingHandler(request => request.Method = HttpMethod.Put), primary: wire);

        (await sender.GetAsync("/pay")).Dispose();

        Claims(wire.Sent.Single().Authorization)["htm"].ShouldBe("PUT");
    }

    [Fact]
    public async Task A_one_time_token_is_sent_once_even_if_a_handler_repeats_the_request()
    {
        var wire = new StubHandler();
        await using var sender = Sender.For("https://payments", options => options.OneTime = true, inner: () => new RepeatingHandler(), primary: wire);

        (await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync("/pay"))).Message.ShouldContain("a one-time token was sent before. Handlers behind AddRewtSigning, in the order of a request: RepeatingHandler.");
        wire.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Each_attempt_of_a_request_has_a_new_token()
    {
        var wire = new StubHandler();
        await using var sender = Sender.For("https://payments", options => (options.Binding, options.OneTime) = (All, true), outer: () => new RepeatingHandler(), primary: wire);

        (await sender.GetAsync("/pay?x=1")).Dispose();

        var claims = wire.Sent.Select(sent => Claims(sent.Authorization)).ToList();
        claims.Select(claim => claim["jti"]).Distinct().Count().ShouldBe(2);
        var target = TokenBinding.HashOf("/pay?x=1");
        claims.ShouldAllBe(claim => claim["htm"] == "GET" && claim["htt"] == target && claim["otu"] == "true" && claim.ContainsKey("htb"));
    }

    [Fact]
    public async Task A_call_refused_for_a_revoked_key_is_retried_with_a_new_token()
    {
        Sender? sender = null;
        var calls = 0;
        await using var callee = await Callee.StartAsync(async (context, number) =>
        {
            if (number == 1)
            {
                await sender!.RevokeCurrentKeyAsync();
                await Callee.RefuseAsync(context, "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"");
            }
            else calls++;
        });
        await using (sender = Sender.For(callee.Address, options => (options.Binding, options.OneTime) = (All, true)))
        {
            using var answer = await sender.Http().PostAsync(Calls.Relative("/pay"), new StringContent("body"), Cancellation);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            calls.ShouldBe(1);
            callee.Requests.Count.ShouldBe(2);
            callee.Requests.Select(request => request.Jwt.Id).Distinct().Count().ShouldBe(2);
            callee.Requests.Select(request => request.Jwt.GetClaim("htb").Value).Distinct().ShouldHaveSingleItem();
        }
    }

    [Theory]
    [InlineData("wrong_request")]
    [InlineData("replayed")]
    public async Task A_refusal_of_a_bound_or_one_time_token_is_not_retried(string reason)
    {
        await using var callee = await Callee.RefusingAsync($"Bearer error=\"invalid_token\", rewt_error=\"{reason}\"");
        await using var sender = Sender.For(callee.Address, options => options.Binding = All);
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;

        (await sender.GetAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        callee.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bound_body_that_exceeds_the_buffer_limit_is_not_sent(bool isLengthKnown)
    {
        var wire = new StubHandler();
        await using var sender = Sender.For("https://payments", options => (options.Binding, options.MaxBufferedBodyBytes) = (All, 1_000), primary: wire);
        HttpContent content = isLengthKnown ? new ByteArrayContent(new byte[1_001]) : new StreamContent(new SingleReadStream(new byte[1_001], canSeek: false));

        (await Should.ThrowAsync<InvalidOperationException>(() => sender.Http().PostAsync(Calls.Relative("/pay"), content, Cancellation)))
            .Message.ShouldStartWith("A token can be bound to a body of at most 1000 bytes (RewtSigningOptions.MaxBufferedBodyBytes)");
        wire.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_claims_of_a_binding_cannot_be_set_by_the_application()
    {
        await using var sender = Sender.For("https://payments", primary: new StubHandler());
        foreach (var claim in new[] { "htm", "htt", "htb", "mbh", "otu", "ISS", "Client_Id" })
        {
            Should.Throw<ArgumentException>(() => new HttpRequestMessage().SetRewtClaims(new Dictionary<string, object> { [claim] = "x" }), claim);
        }
    }

    private static Dictionary<string, string> Claims(string? authorization) =>
        new JsonWebToken(authorization!["Bearer ".Length..]).Claims.ToDictionary(claim => claim.Type, claim => claim.Value, StringComparer.Ordinal);

    private sealed class ChangingHandler(Action<HttpRequestMessage> change) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            change(request);
            return base.SendAsync(request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            change(request);
            return base.Send(request, cancellationToken);
        }
    }

    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
