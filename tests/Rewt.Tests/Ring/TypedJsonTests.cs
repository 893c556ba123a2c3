using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Rewt.Tests.Ring;

/// <summary>Tests JSON without reflection, which trimmed and AOT-compiled applications use.</summary>
public sealed class TypedJsonTests
{
    private static JsonTypeInfo<Order> Info => (JsonTypeInfo<Order>)JsonSerializerOptions.Web.GetTypeInfo(typeof(Order));

    [Fact]
    public async Task A_value_signed_with_type_info_can_be_read_with_and_without_type_info()
    {
        await using var services = new ServiceCollection().AddLogging().AddRewtInMemoryKeys().BuildServiceProvider();
        var data = services.GetRequiredService<IRewtSignedData>();

        var read = await data.VerifyAsync(await data.SignAsync(new Order("u-42", 7), Info, Cancellation), Cancellation);

        read.Get(Info).ShouldBe(new Order("u-42", 7));
        read.Get<Order>().ShouldBe(new Order("u-42", 7));
    }

    [Fact]
    public async Task Reading_a_refused_token_and_passing_null_type_info_throw()
    {
        await using var services = new ServiceCollection().AddLogging().AddRewtInMemoryKeys().BuildServiceProvider();
        var data = services.GetRequiredService<IRewtSignedData>();

        var refused = await data.VerifyAsync("junk", Cancellation);

        Should.Throw<InvalidOperationException>(() => refused.Get(Info));
        Should.Throw<ArgumentNullException>(() => refused.Get<Order>(null!)).ParamName.ShouldBe("typeInfo");
        (await Should.ThrowAsync<ArgumentNullException>(() => data.SignAsync(new Order("u", 1), null!, Cancellation))).ParamName.ShouldBe("typeInfo");
    }

    [Fact]
    public void Claims_of_common_types_are_serialized_alike_with_and_without_reflection()
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
    public void A_claim_of_an_unsupported_type_is_refused_without_reflection()
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["order"] = new Order("u", 1) };

        Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize<IReadOnlyDictionary<string, object>>(claims, ClaimJsonTypes.Default.IReadOnlyDictionaryStringObject));
    }

    private sealed record Order(string UserId, int Number);
}
