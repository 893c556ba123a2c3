namespace Rewt.Tests.Sending;

/// <summary>What a request remembers of its way.</summary>
public sealed class CredentialHistoryTests : IDisposable
{
    private readonly HttpRequestMessage _request = new(HttpMethod.Get, "https://inventory.example/a");

    public void Dispose() => _request.Dispose();

    [Fact]
    public void However_often_the_same_is_sent_it_is_remembered_once()
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            // A handler that resolves the address, or makes the header, anew each time.
            _request.RequestUri = new Uri("https://inventory.example/a");
            history.Attach(_request, new AuthenticationHeaderValue("ApiKey", "k"));
        }

        CredentialHistory.SignedFor(_request).Count.ShouldBe(1);
        history.IsAsSigned(_request).ShouldBeFalse("the address is another object, and more is asked of it");
    }

    [Theory]
    [InlineData("https://elsewhere.example/a")]
    [InlineData("http://inventory.example/a")]
    [InlineData("https://inventory.example:8443/a")]
    public void A_request_whose_address_was_changed_is_not_as_it_was_signed(string address)
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        history.Attach(_request, new AuthenticationHeaderValue("Bearer", "t"));
        history.IsAsSigned(_request).ShouldBeTrue();

        _request.RequestUri = new Uri(address);

        history.IsAsSigned(_request).ShouldBeFalse();
        CredentialHistory.SignedFor(_request).Single().ToString().ShouldBe("https://inventory.example:443");
    }

    [Fact]
    public void A_request_whose_header_was_changed_is_not_as_it_was_signed()
    {
        var history = CredentialHistory.Begin(_request, _request.RequestUri!);
        history.Attach(_request, new AuthenticationHeaderValue("Bearer", "t"));

        _request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "foreign");

        history.IsAsSigned(_request).ShouldBeFalse();
        CredentialHistory.IsSigned(_request).ShouldBeFalse();
    }
}
