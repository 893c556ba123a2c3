namespace Rewt.Tests.BadInput;

/// <summary>Redirects to another port, followed by .NET itself or by a handler of the application: the stranger sees no credential.</summary>
public sealed class RedirectTests : WithServices
{
    private Callee? _stranger;
    private Callee? _callee;
    private int _status;

    private string Address => _callee!.Address.AbsoluteUri;

    public static MatrixTheoryData<int, bool, bool> Rows => new([301, 302, 303, 307, 308], [true, false], [true, false]);

    public override async ValueTask InitializeAsync()
    {
        // The stranger lures: with a fresh token of ours it would be content.
        _stranger = await EndingAsync(Callee.RefusingAsync("Bearer error=\"invalid_token\", rewt_error=\"stale_key\""));
        _callee = await EndingAsync(Callee.StartAsync((context, _) =>
        {
            context.Response.StatusCode = _status;
            context.Response.Headers.Location = new Uri(_stranger.Address, "/lure").AbsoluteUri;
            return Task.CompletedTask;
        }));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Followed_by_dotnet_the_stranger_gets_no_token_and_its_401_is_returned_and_not_retried(int status, bool retry, bool hasBaseAddress)
    {
        _status = status;
        await using var sender = Sender.For(hasBaseAddress ? Address : null, options => options.Retry = retry);

        (await sender.GetAsync(Address).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        _callee!.Requests.ShouldHaveSingleItem().Token.ShouldNotBeNull();
        var lured = _stranger!.Requests.ShouldHaveSingleItem().Head;
        lured.ShouldNotContain("Authorization");
        lured.ShouldNotContain("eyJ");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Followed_by_a_handler_in_front_of_the_signing_one_the_stranger_is_not_called(int status, bool retry, bool hasBaseAddress) =>
        FollowAsync(status, following => Sender.For(
            hasBaseAddress ? Address : null, options => options.Retry = retry, above: () => following, primary: Plain()));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Followed_by_a_handler_behind_the_signing_one_the_stranger_is_not_called(int status, bool retry, bool hasBaseAddress) =>
        FollowAsync(status, following => Sender.For(
            hasBaseAddress ? Address : null, options => options.Retry = retry, below: () => following, primary: Plain()));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retry_of_the_application_after_a_redirect_does_not_sign_for_the_stranger(bool hasBaseAddress)
    {
        _status = 307;
        await using var sender = Sender.For(hasBaseAddress ? Address : null, above: () => new DoingHandler(async (request, next) =>
        {
            (await next(request)).Dispose();
            return await next(request);
        }));

        await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(Address));

        _stranger!.Requests.ShouldHaveSingleItem().Authorization.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_a_resolver_leads_a_redirect_may_not()
    {
        _status = 302;
        await using var discovering = Sender.For(
            "http://inventory",
            above: () => new DoingHandler(async (request, next) =>
            {
                request.RequestUri = _callee!.Address;
                using var first = await next(request);
                request.RequestUri = first.Headers.Location;
                return await next(request);
            }),
            primary: Plain());
        await Should.ThrowAsync<InvalidOperationException>(() => discovering.GetAsync("/"));
        _callee!.Requests.Count.ShouldBe(1);
        _stranger!.Requests.ShouldBeEmpty();
    }

    private async Task FollowAsync(int status, Func<DelegatingHandler, Sender> create)
    {
        _status = status;
        foreach (var copies in new[] { false, true })
        {
            await using var sender = create(DoingHandler.Following(copies));
            await Should.ThrowAsync<InvalidOperationException>(() => sender.GetAsync(Address));
        }

        _callee!.Requests.Count.ShouldBe(2);
        _stranger!.Requests.ShouldBeEmpty();
    }

    private static SocketsHttpHandler Plain() => new() { AllowAutoRedirect = false };
}
