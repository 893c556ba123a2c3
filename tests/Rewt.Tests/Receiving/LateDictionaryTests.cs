using Microsoft.AspNetCore.Authentication;
using Rewt.Internal;

namespace Rewt.Tests.Receiving;

/// <summary>What a ticket holds beside the user is made when somebody looks, and is then a dictionary like any other.</summary>
public sealed class LateDictionaryTests
{
    private static readonly TokenClaims Claims = new("orders", null, "1", ["inventory"], 1_767_268_800, 1_767_268_860, null, default);

    private static readonly IReadOnlyDictionary<string, Func<IDictionary<string, string?>, object?>> Looks = new Dictionary<string, Func<IDictionary<string, string?>, object?>>(StringComparer.Ordinal)
    {
        ["Count"] = items => items.Count,
        ["IsReadOnly"] = items => items.IsReadOnly,
        ["Keys"] = items => string.Join(';', items.Keys.Order(StringComparer.Ordinal)),
        ["Values"] = items => string.Join(';', items.Values.Order(StringComparer.Ordinal)),
        ["what is enumerated"] = items => string.Join(';', items.OrderBy(item => item.Key, StringComparer.Ordinal)),
        ["what is enumerated without types"] = items => ((System.Collections.IEnumerable)items).Cast<object>().Count(),
        ["what it holds"] = items => (items[".expires"], items.ContainsKey(".issued"), items.ContainsKey("none"), items.TryGetValue(".issued", out var value), value),
        ["Add"] = items =>
        {
            items.Add("mine", "yes");
            items.Add(KeyValuePair.Create<string, string?>("more", null));
            items["last"] = "1";
            return (items.Count, items["mine"], items["more"], items["last"]);
        },
        ["Remove"] = items => (items.Remove(".issued"), items.Remove("none"), items.Remove(KeyValuePair.Create<string, string?>(".expires", "never")), items.Count),
        ["Contains"] = items => (items.Contains(KeyValuePair.Create(".expires", items[".expires"])), items.Contains(KeyValuePair.Create<string, string?>(".expires", "never"))),
        ["CopyTo"] = items =>
        {
            var copy = new KeyValuePair<string, string?>[items.Count + 1];
            items.CopyTo(copy, 1);
            return string.Join(';', copy.Select(item => item.Key ?? "").Order(StringComparer.Ordinal));
        },
        ["Clear"] = items =>
        {
            items.Clear();
            return items.Count;
        },
    };

    public static TheoryData<string> Names() => [.. Looks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_looks_the_same_from_every_side(string name) =>
        Looks[name](TicketProperties.Of(Claims, null).Items).ShouldBe(Looks[name](Ordinary().Items));

    [Fact]
    public void A_copy_is_of_its_own()
    {
        var properties = TicketProperties.Of(Claims, "a.b.c");
        var copy = properties.Clone();
        copy.Items["mine"] = "yes";
        copy.Parameters["mine"] = this;

        properties.Items.ContainsKey("mine").ShouldBeFalse();
        properties.Parameters.ShouldBeEmpty();
        copy.GetTokenValue("access_token").ShouldBe("a.b.c");
        copy.ExpiresUtc.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_767_268_860));
    }

    [Fact]
    public void What_is_changed_before_anybody_has_looked_is_kept()
    {
        var properties = TicketProperties.Of(Claims, "a.b.c");
        properties.IsPersistent = true;
        properties.SetParameter("mine", 7);

        (properties.IsPersistent, properties.GetParameter<int>("mine"), properties.IssuedUtc).ShouldBe((true, 7, DateTimeOffset.FromUnixTimeSeconds(1_767_268_800)));
        properties.UpdateTokenValue("access_token", "d.e.f").ShouldBeTrue();
        properties.GetTokenValue("access_token").ShouldBe("d.e.f");
    }

    [Fact]
    public void However_many_look_at_once_look_into_one()
    {
        for (var round = 0; round < 100; round++)
        {
            var items = TicketProperties.Of(Claims, null).Items;
            var gate = new Lock();

            Together.Do(4, number =>
            {
                items.Count.ShouldBeGreaterThan(1);
                lock (gate) items[$"{number}"] = "here";
            });

            items.Count.ShouldBe(6);
        }
    }

    private static AuthenticationProperties Ordinary() => new()
    {
        IssuedUtc = DateTimeOffset.FromUnixTimeSeconds(Claims.IssuedAt!.Value),
        ExpiresUtc = DateTimeOffset.FromUnixTimeSeconds(Claims.ExpiresAt!.Value),
    };
}
