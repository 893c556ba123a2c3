namespace Rewt.Tests.BadInput;

/// <summary>Verifies that a redirect to another origin receives no credentials, whether HttpClient or a handler of the application follows it.</summary>
public sealed class RedirectTests : WithServices
{
    private Callee? _target;
    private Callee? _callee;
    private int _status;

    private string Address => _callee!.Address.AbsoluteUri;

    public static MatrixTheoryData<int, bool, bool> Rows => new([301, 302, 303, 307, 308], [true, false], [true, false]);

    public override async ValueTask InitializeAsync()
    {
        // The target reports a stale key to request a new token.
        _target = await DisposeAfterTestAsync(Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"stale_key\""));
        _callee = await DisposeAfterTestAsync(Callee.StartAsync((context, _) =>
        {
            context.Response.StatusCode = _status;
            context.Response.Headers.Location = new Uri(_target.Address, "/lure").AbsoluteUri;
            return Task.CompletedTask;
        }));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_redirect_that_HttpClient_follows_carries_no_token_and_is_not_retried(int status, bool retry, bool hasBaseAddress)
    {
        _status = status;
        await using var sender = Sender.For(hasBaseAddress ? Address : null, options => options.Retry = retry);

        (await sender.GetAsync(Address).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        _callee!.Requests.ShouldHaveSingleItem().Token.ShouldNotBeNull();
        var redirected = _target!.Requests.ShouldHaveSingleItem().Head;
        redirected.ShouldNotContain("Authorization");
        redirected.ShouldNotContain("eyJ");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_redirect_that_a_handler_before_the_signing_handler_follows_is_not_sent(int status, bool retry, bool hasBaseAddress) =>
        FollowAsync(status, following => Sender.For(
            hasBaseAddress ? Address : null, options => options.Retry = retry, outer: () => following, primary: WithoutRedirects()));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_redirect_that_a_handler_after_the_signing_handler_follows_is_not_sent(int status, bool retry, bool hasBaseAddress) =>
        FollowAsync(status, following => Sender.For(
            hasBaseAddress ? Address : null, options => options.Retry = retry, inner: () => following, primary: WithoutRedirects()));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retry_by_the_application_after_a_redirect_is_not_signed(bool hasBaseAddress)
    {
        _status = 307;
        await using var sender = Sender.For(hasBaseAddress ? Address : null, outer: () => new CallbackHandler(async (request, next) =>
        {
            (await next(request)).Dispose();
            return await next(request);
        }));

        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(Address));

        _target!.Requests.ShouldHaveSingleItem().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_target_is_not_treated_as_an_address_of_service_discovery()
    {
        _status = 302;
        await using var sender = Sender.For(
            "http://inventory",
            outer: () => new CallbackHandler(async (request, next) =>
            {
                request.RequestUri = _callee!.Address;
                using var first = await next(request);
                request.RequestUri = first.Headers.Location;
                return await next(request);
            }),
            primary: WithoutRedirects());
        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync("/"));
        _callee!.Requests.Count.ShouldBe(1);
        _target!.Requests.ShouldBeEmpty();
    }

    private async Task FollowAsync(int status, Func<DelegatingHandler, Sender> create)
    {
        _status = status;
        foreach (var copies in new[] { false, true })
        {
            await using var sender = create(CallbackHandler.FollowRedirect(copies));
            await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(Address));
        }

        _callee!.Requests.Count.ShouldBe(2);
        _target!.Requests.ShouldBeEmpty();
    }

    private static SocketsHttpHandler WithoutRedirects() => new() { AllowAutoRedirect = false };
}
