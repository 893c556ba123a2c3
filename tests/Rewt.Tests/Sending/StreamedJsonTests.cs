using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Rewt.Tests.Sending;

public sealed class StreamedJsonTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Theory]
    [InlineData("channel", 1)]
    [InlineData("iterator", 1)]
    [InlineData("channel within a multipart", 1)]
    [InlineData("array", 2)]
    [InlineData("set", 2)]
    [InlineData("queue", 2)]
    [InlineData("node", 2)]
    [InlineData("text", 2)]
    [InlineData("object", 2)]
    public async Task Streamed_JSON_is_sent_once_and_buffered_JSON_is_retried(string kind, int requests)
    {
        await using var callee = await Callee.RefusingAsync(Stale);
        await using var sender = Sender.For(callee.Address);
        callee.BeforeResponse = sender.RevokeCurrentKeyAsync;
        using var content = Content(kind);

        (await sender.Http().PostAsync(Calls.Relative("/a"), content, Cancellation)).Dispose();

        callee.Requests.Count.ShouldBe(requests);
        callee.Requests.ShouldAllBe(request => Encoding.UTF8.GetString(request.Body).Contains("0,1,2", StringComparison.Ordinal));
    }

    private static HttpContent Content(string kind) => kind switch
    {
        "channel" => JsonContent.Create(FromChannel()),
        "iterator" => JsonContent.Create(FromIterator()),
        "channel within a multipart" => new MultipartFormDataContent { { JsonContent.Create(FromChannel()), "numbers" } },
        "array" => JsonContent.Create(FromIterator().ToArray()),
        "set" => JsonContent.Create(new HashSet<int> { 0, 1, 2 }),
        "queue" => JsonContent.Create(new Queue<int>([0, 1, 2])),
        "node" => JsonContent.Create(JsonNode.Parse("[0,1,2]")),
        "text" => JsonContent.Create("0,1,2"),
        _ => JsonContent.Create(new { Numbers = FromIterator().ToList() }),
    };

    private static IAsyncEnumerable<int> FromChannel()
    {
        var channel = Channel.CreateUnbounded<int>();
        foreach (var number in FromIterator()) channel.Writer.TryWrite(number).ShouldBeTrue();
        channel.Writer.Complete();
        return channel.Reader.ReadAllAsync(Cancellation);
    }

    private static IEnumerable<int> FromIterator()
    {
        for (var number = 0; number < 3; number++) yield return number;
    }
}
