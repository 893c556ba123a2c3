using System.Net.Http.Json;

namespace Rewt.Tests.Sending;

public sealed class RevocationTests(RevocationFleet fleet) : IClassFixture<RevocationFleet>
{
    private const int Large = 1024 * 1024;

    public static TheoryData<string> Replayable =>
        ["bytes", "string", "form", "memory", "json", "multipart", "stream", "buffered by the caller", "length given by the caller"];

    [Theory]
    [MemberData(nameof(Replayable))]
    public async Task A_body_of_one_megabyte_arrives_once_and_whole_across_a_revocation(string kind)
    {
        var body = new byte[Large];
        Random.Shared.NextBytes(body);
        using var content = await ContentAsync(kind, body);
        using var twin = await ContentAsync(kind, body);
        var expected = await twin.ReadAsByteArrayAsync(Cancellation);
        await fleet.RevokeAsync();
        var (requests, bodies) = (fleet.Requests, fleet.Bodies.Count);

        (await fleet.Client.PostAsync(Calls.Relative("/keep"), content, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (fleet.Requests - requests).ShouldBe(2);
        (fleet.Bodies.Count - bodies).ShouldBe(1);
        fleet.Bodies[^1].AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public async Task A_bound_one_time_call_is_made_once_across_a_revocation()
    {
        await fleet.RevokeAsync();
        var (requests, bodies) = (fleet.Requests, fleet.Bodies.Count);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/once?amount=100") { Content = new ByteArrayContent([1, 2, 3]) };
        request.SetRewtBinding(RequestBinding.Target | RequestBinding.Body).SetRewtOneTime();

        (await fleet.Client.SendAsync(request, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        (fleet.Requests - requests).ShouldBe(2);
        (fleet.Bodies.Count - bodies).ShouldBe(1);
        fleet.Bodies[^1].ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_not_sent_again_and_the_401_comes_back_whole()
    {
        await fleet.RevokeAsync();
        var (requests, bodies) = (fleet.Requests, fleet.Bodies.Count);
        using var content = new StreamContent(new OnceStream(new byte[1000], canSeek: false));

        using var response = await fleet.Client.PostAsync(Calls.Relative("/keep"), content, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe(
            "Bearer error=\"invalid_token\", error_description=\"The signing key is unknown or revoked\", rewt_error=\"stale_key\"");
        response.Content.Headers.ContentLength.ShouldBe(0);
        (fleet.Requests - requests).ShouldBe(1);
        fleet.Bodies.Count.ShouldBe(bodies);
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
                var buffered = new StreamContent(new OnceStream(body, canSeek: false));
                await buffered.LoadIntoBufferAsync(Cancellation);
                return buffered;
            case "length given by the caller":
                return new StreamContent(new OnceStream(body, canSeek: false)) { Headers = { ContentLength = body.Length } };
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }
}
