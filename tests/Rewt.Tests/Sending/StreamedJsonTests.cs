using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace Rewt.Tests.Sending;

public sealed class StreamedJsonTests
{
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    [Fact]
    public void A_value_that_a_converter_writes_is_not_inspected()
    {
        JsonReplay.CanReadAgain(new { Price = (object)new Money(null) }).ShouldBeTrue();
        JsonReplay.CanReadAgain(new List<object> { new Money(null) }).ShouldBeTrue();
    }

    [Theory]
    [InlineData("channel", 1)]
    [InlineData("iterator", 1)]
    [InlineData("channel within a multipart", 1)]
    [InlineData("channel within an object", 1)]
    [InlineData("drained sequence within an object", 1)]
    [InlineData("drained sequence within a list of objects", 1)]
    [InlineData("drained sequence within a list", 1)]
    [InlineData("drained sequence within a dictionary of objects", 1)]
    [InlineData("drained sequence within a property of type object", 1)]
    [InlineData("drained sequence within an explicit property of an interface", 1)]
    [InlineData("drained sequence within an included internal property", 1)]
    [InlineData("property that throws", 1)]
    [InlineData("more objects than are inspected", 1)]
    [InlineData("array", 2)]
    [InlineData("set", 2)]
    [InlineData("queue", 2)]
    [InlineData("node", 2)]
    [InlineData("text", 2)]
    [InlineData("object", 2)]
    [InlineData("array within a sequence property", 2)]
    [InlineData("list of objects with sequence properties", 2)]
    [InlineData("dictionary of objects", 2)]
    [InlineData("ignored sequence", 2)]
    [InlineData("type that refers to itself", 2)]
    [InlineData("object of a derived type", 2)]
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
        "channel within an object" => JsonContent.Create(new { Numbers = FromChannel() }),
        "drained sequence within an object" => JsonContent.Create(new { Numbers = Drained() }),
        "drained sequence within a list of objects" => JsonContent.Create(new { Pages = new[] { new { Numbers = Drained() } } }),
        "drained sequence within a list" => JsonContent.Create(new List<IEnumerable<int>> { Drained() }),
        "drained sequence within a dictionary of objects" => JsonContent.Create(new Dictionary<string, object>(StringComparer.Ordinal) { ["numbers"] = Drained() }),
        "drained sequence within a property of type object" => JsonContent.Create(new { Numbers = (object)Drained() }),
        "drained sequence within an explicit property of an interface" => JsonContent.Create<IUpload>(new ExplicitUpload(Drained())),
        "drained sequence within an included internal property" => JsonContent.Create(new InternalUpload { Numbers = Drained() }),
        "property that throws" => JsonContent.Create(new FailingUpload([0, 1, 2])),
        "more objects than are inspected" => JsonContent.Create(FromIterator().Concat(Enumerable.Range(3, 20_000)).Select(number => (object)number).ToList()),
        "array within a sequence property" => JsonContent.Create(new { Numbers = (IEnumerable<int>)FromIterator().ToArray() }),
        "list of objects with sequence properties" => JsonContent.Create(new { Pages = new[] { new { Numbers = (IEnumerable<int>)FromIterator().ToList() } } }),
        "dictionary of objects" => JsonContent.Create(new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = "a", ["numbers"] = FromIterator().ToList() }),
        "ignored sequence" => JsonContent.Create(new PartlyIgnoredUpload(FromIterator().ToArray(), Drained())),
        "type that refers to itself" => JsonContent.Create(new LinkedUpload([0, 1, 2], new LinkedUpload([3], null))),
        "object of a derived type" => JsonContent.Create<Upload>(new DerivedUpload([0, 1, 2])),
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

    /// <summary>Returns a sequence that is empty when it is enumerated again.</summary>
    private static IEnumerable<int> Drained()
    {
        var numbers = new Queue<int>(FromIterator());
        return Drain();

        IEnumerable<int> Drain()
        {
            while (numbers.TryDequeue(out var number)) yield return number;
        }
    }

    private interface IUpload
    {
        IEnumerable<int> Numbers { get; }
    }

    private sealed class ExplicitUpload(IEnumerable<int> numbers) : IUpload
    {
        IEnumerable<int> IUpload.Numbers => numbers;
    }

    private sealed class InternalUpload
    {
        [JsonInclude]
        internal IEnumerable<int>? Numbers { get; init; }
    }

    /// <summary>Fails when the sequence is read for the first time, so that the serializer reads it successfully.</summary>
    private sealed class FailingUpload(int[] numbers)
    {
        private int _reads;

        public IEnumerable<int> Numbers => _reads++ > 0 ? numbers : throw new InvalidOperationException("The numbers are not loaded.");
    }

    private sealed record PartlyIgnoredUpload(int[] Numbers, [property: JsonIgnore] IEnumerable<int> Events);

    private sealed record LinkedUpload(int[] Numbers, LinkedUpload? Next);

    [JsonDerivedType(typeof(DerivedUpload), "derived")]
    private abstract record Upload;

    private sealed record DerivedUpload(IEnumerable<int> Numbers) : Upload;

    [JsonConverter(typeof(JsonStringEnumConverter))]
    private sealed class Money(int[]? parts)
    {
        public IEnumerable<int> Parts => parts ?? throw new InvalidOperationException("The serializer does not read the property.");
    }
}
