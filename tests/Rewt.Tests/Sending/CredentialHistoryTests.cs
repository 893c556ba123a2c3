namespace Rewt.Tests.Sending;

/// <summary>Tests the credentials and origins that are recorded for a request.</summary>
public sealed class CredentialHistoryTests : IDisposable
{
    private readonly HttpRequestMessage _request = new(HttpMethod.Get, "https://inventory.example/a");

    public void Dispose() => _request.Dispose();

    [Fact]
    public void Repeated_attempts_with_the_same_credential_are_recorded_once()
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            // A handler may resolve the address or create the header anew for each attempt.
            _request.RequestUri = new Uri("https://inventory.example/a");
            history.Attach(_request, new AuthenticationHeaderValue("ApiKey", "k"));
        }

        CredentialHistory.SignedFor(_request).Count.ShouldBe(1);
        history.IsAsSigned(_request).ShouldBeFalse("IsAsSigned compares the Uri instances");
    }

    [Theory]
    [InlineData("https://elsewhere.example/a")]
    [InlineData("http://inventory.example/a")]
    [InlineData("https://inventory.example:8443/a")]
    public void IsAsSigned_is_false_after_the_origin_of_the_request_changes(string address)
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        history.Attach(_request, new AuthenticationHeaderValue("Bearer", "t"));
        history.IsAsSigned(_request).ShouldBeTrue();

        _request.RequestUri = new Uri(address);

        history.IsAsSigned(_request).ShouldBeFalse();
        CredentialHistory.SignedFor(_request).Single().ToString().ShouldBe("https://inventory.example:443");
    }

    [Fact]
    public void A_request_with_a_replaced_Authorization_header_does_not_count_as_signed()
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        history.Attach(_request, new AuthenticationHeaderValue("Bearer", "t"));

        _request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "foreign");

        history.IsAsSigned(_request).ShouldBeFalse();
        CredentialHistory.IsSigned(_request).ShouldBeFalse();
    }

    [Fact]
    public async Task The_history_of_a_request_applies_to_its_copies_until_it_ends()
    {
        var history = await Task.Run(() => CredentialHistory.Begin(_request, _request.RequestUri!), Cancellation);
        CredentialHistory.Of(_request).ShouldBeSameAs(history);

        using var copy = new HttpRequestMessage();
        CredentialHistory.Of(copy).ShouldBeNull();
        var flowing = CredentialHistory.Begin(_request, _request.RequestUri!);
        CredentialHistory.Of(copy).ShouldBeSameAs(flowing);
        CredentialHistory.End();
        CredentialHistory.Of(copy).ShouldBeNull();
    }

    [Fact]
    public void A_request_with_an_additional_Authorization_value_still_counts_as_signed()
    {
        CredentialHistory.Begin(_request, _request.RequestUri!).Attach(_request, new AuthenticationHeaderValue("ApiKey", "k"));

        _request.Headers.TryAddWithoutValidation("Authorization", "Basic x").ShouldBeTrue();

        CredentialHistory.IsSigned(_request).ShouldBeTrue();
    }

    [Fact]
    public void The_Authorization_header_determines_which_recorded_credential_applies()
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        var (first, second) = (Token("first"), Token("second"));
        foreach (var token in new[] { first, second }) history.Attach(_request, token.Header, token);
        CredentialHistory.TokenOn(_request).ShouldBeSameAs(second);

        _request.Headers.Authorization = first.Header;

        CredentialHistory.TokenOn(_request).ShouldBeSameAs(first);
        history.SentWith(first.Header)!.Token.ShouldBeSameAs(first);
        history.SentWith(null)!.Token.ShouldBeSameAs(second);
        history.SentWith(new AuthenticationHeaderValue("Bearer", "foreign")).ShouldBeNull();
        _request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "foreign");
        CredentialHistory.TokenOn(_request).ShouldBeNull();
    }

    [Theory]
    [InlineData("the request has moved", 0, true)]
    [InlineData("the answer is to another request", 200, true)]
    [InlineData("no answer", 0, false)]
    [InlineData("Location", 201, false)]
    [InlineData("Location", 300, true)]
    [InlineData("Location", 307, true)]
    [InlineData("Location", 400, false)]
    [InlineData("no Location", 304, false)]
    public void A_request_may_be_resolved_to_another_address_until_it_is_redirected(string cause, int status, bool isRedirected)
    {
        var otherOrigin = new Uri("https://elsewhere.example/");
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        _request.RequestUri = new Uri("https://10.0.0.5/a");
        history.Attach(_request, new AuthenticationHeaderValue("ApiKey", "k"));
        history.LeadsTo(Origin.Of(otherOrigin)).ShouldBeTrue();

        if (cause == "the request has moved") _request.RequestUri = otherOrigin;
        using var other = new HttpRequestMessage(HttpMethod.Get, otherOrigin);
        using var response = status == 0 ? null : new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = cause == "the answer is to another request" ? other : _request };
        if (cause == "Location") response!.Headers.Location = otherOrigin;
        history.Back(_request, response);

        history.LeadsTo(Origin.Of(otherOrigin)).ShouldBe(!isRedirected);
        if (response is not null) history.IsAnswer(response).ShouldBe(cause != "the answer is to another request");
    }

    private static BearerToken Token(string text) => new(new AuthenticationHeaderValue("Bearer", text), KeyId.Parse(text), default, default, default);
}
