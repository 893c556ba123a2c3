using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Rewt.Tests.Ring;

/// <summary>JSON without reflection, for applications that are trimmed or compiled ahead of time.</summary>
public sealed class TypedJsonTests
{
    private static JsonTypeInfo<Order> Info => (JsonTypeInfo<Order>)JsonSerializerOptions.Web.GetTypeInfo(typeof(Order));

    [Fact]
    public async Task A_value_that_is_signed_with_its_type_info_reads_back_with_and_without_it()
    {
        await using var services = new ServiceCollection().AddLogging().AddRewtInMemoryKeys().BuildServiceProvider();
        var data = services.GetRequiredService<IRewtSignedData>();

        var read = await data.VerifyAsync(await data.SignAsync(new Order("u-42", 7), Info, Cancellation), Cancellation);

        read.Get(Info).ShouldBe(new Order("u-42", 7));
        read.Get<Order>().ShouldBe(new Order("u-42", 7));
    }

    [Fact]
    public async Task A_refused_token_has_no_value_and_a_missing_type_info_is_named()
    {
        await using var services = new ServiceCollection().AddLogging().AddRewtInMemoryKeys().BuildServiceProvider();
        var data = services.GetRequiredService<IRewtSignedData>();

        var refused = await data.VerifyAsync("junk", Cancellation);

        Should.Throw<InvalidOperationException>(() => refused.Get(Info));
        Should.Throw<ArgumentNullException>(() => refused.Get<Order>(null!)).ParamName.ShouldBe("typeInfo");
        (await Should.ThrowAsync<ArgumentNullException>(() => data.SignAsync(new Order("u", 1), null!, Cancellation))).ParamName.ShouldBe("typeInfo");
    }

    [Fact]
    public void Claims_that_are_usual_are_written_the_same_with_and_without_reflection()
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["text"] = "grüße <b>",
            ["number"] = 42,
            ["long"] = long.MaxValue,
            ["fraction"] = 1.5,
            ["price"] = 9.95m,
            ["yes"] = true,
            ["when"] = DateTimeOffset.UnixEpoch,
            ["id"] = Guid.Empty,
            ["texts"] = new[] { "a", "b" },
            ["list"] = new List<string> { "c" },
            ["numbers"] = new[] { 1, 2 },
            ["nested"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["a"] = 1, ["b"] = new object[] { "x", 2 } },
            ["element"] = JsonSerializer.SerializeToElement(new { A = 1 }),
            ["node"] = new JsonObject { ["a"] = new JsonArray(1, "b") },
            ["nothing"] = null!,
        };

        var generated = JsonSerializer.Serialize<IReadOnlyDictionary<string, object>>(claims, ClaimJsonTypes.Default.IReadOnlyDictionaryStringObject);

        generated.ShouldBe(JsonSerializer.Serialize(claims, JsonSerializerOptions.Web));
        ClaimJson.ToText(claims).ShouldBe(generated);
    }

    [Fact]
    public void Without_reflection_a_claim_of_an_unusual_type_is_refused_and_not_left_out()
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["order"] = new Order("u", 1) };

        Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize<IReadOnlyDictionary<string, object>>(claims, ClaimJsonTypes.Default.IReadOnlyDictionaryStringObject));
    }

    private sealed record Order(string UserId, int Number);
}
