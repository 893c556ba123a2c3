using System.Net.Http.Json;

namespace Rewt.Tests.Sending;

/// <summary>Tests that a call reaches its endpoint once, with its whole body, if its key is revoked on the way.</summary>
public sealed class RetryAfterRevocationTests(RevocationFixture fixture) : IClassFixture<RevocationFixture>
{
    private const int Large = 1024 * 1024;

    public static TheoryData<string> Replayable =>
        ["bytes", "string", "form", "memory", "json", "multipart", "stream", "buffered by the caller", "length given by the caller"];

    [Theory]
    [MemberData(nameof(Replayable))]
    public async Task A_one_megabyte_body_arrives_once_and_complete_across_a_revocation(string kind)
    {
        var body = new byte[Large];
        Random.Shared.NextBytes(body);
        using var content = await ContentAsync(kind, body);
        using var copy = await ContentAsync(kind, body);
        var expected = await copy.ReadAsByteArrayAsync(Cancellation);
        await fixture.RevokeAsync();
        var (requests, bodies) = (fixture.Requests, fixture.Bodies.Count);

        (await fixture.Client.PostAsync(Calls.Relative("/keep"), content, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (fixture.Requests - requests).ShouldBe(2);
        (fixture.Bodies.Count - bodies).ShouldBe(1);
        fixture.Bodies[^1].AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bound_one_time_call_is_executed_once_across_a_revocation(bool isStream)
    {
        await fixture.RevokeAsync();
        var (requests, bodies) = (fixture.Requests, fixture.Bodies.Count);
        using HttpContent content = isStream ? new StreamContent(new SingleReadStream([1, 2, 3], canSeek: false)) : new ByteArrayContent([1, 2, 3]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/once?amount=100") { Content = content };
        request.SetRewtBinding(RequestBinding.Target | RequestBinding.Body).SetRewtOneTime();

        (await fixture.Client.SendAsync(request, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        (fixture.Requests - requests).ShouldBe(2);
        (fixture.Bodies.Count - bodies).ShouldBe(1);
        fixture.Bodies[^1].ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_non_seekable_stream_is_not_retried_and_the_401_reaches_the_caller()
    {
        await fixture.RevokeAsync();
        var (requests, bodies) = (fixture.Requests, fixture.Bodies.Count);
        using var content = new StreamContent(new SingleReadStream(new byte[1000], canSeek: false));

        using var response = await fixture.Client.PostAsync(Calls.Relative("/keep"), content, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe(
            "Bearer error=\"invalid_token\", error_description=\"The signing key is unknown or revoked\", rewt_error=\"stale_key\"");
        response.Content.Headers.ContentLength.ShouldBe(0);
        (fixture.Requests - requests).ShouldBe(1);
        fixture.Bodies.Count.ShouldBe(bodies);
    }

    private static async Task<HttpContent> ContentAsync(string kind, byte[] body)
    {
        switch (kind)
        {
            case "bytes": return new ByteArrayContent(body);
            case "string": return new StringContent(Convert.ToHexString(body.AsSpan(0, Large / 2)));
            case "form": return new FormUrlEncodedContent([KeyValuePair.Create("a", Convert.ToHexString(body.AsSpan(0, Large / 2)))]);
            case "memory": return new ReadOnlyMemoryContent(body);
            case "json": return JsonContent.Create(new { body });
            case "multipart": return new MultipartFormDataContent("boundary") { { new ByteArrayContent(body), "file" }, { new StringContent("text"), "note" } };
            case "stream": return new StreamContent(new MemoryStream(body));
            case "buffered by the caller":
                var buffered = new StreamContent(new SingleReadStream(body, canSeek: false));
                await buffered.LoadIntoBufferAsync(Cancellation);
                return buffered;
            case "length given by the caller":
                return new StreamContent(new SingleReadStream(body, canSeek: false)) { Headers = { ContentLength = body.Length } };
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }
}
