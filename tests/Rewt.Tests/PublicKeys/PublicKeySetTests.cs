using System.Text.Json.Nodes;

namespace Rewt.Tests.PublicKeys;

public sealed class PublicKeySetTests
{
    [Fact]
    public void An_invalid_entry_of_a_key_set_is_refused_and_the_others_are_read()
    {
        var set = Read(JwkRows.Ec(), JwkRows.Ec(null, ("crv", null)), "junk", JwkRows.Rsa());

        set.Keys.Select(key => key.KeyId.ToString()).ShouldBe(["ec-256", "rsa-2048"]);
        set.Refused.Select(refused => refused.Entry).ShouldBe(["key 2", "key 3"]);
        set.Refused[0].ToString().ShouldBe("key 2: the crv is not P-256 or P-384");
        set.Find(KeyId.Parse("rsa-2048")).ShouldBe(set.Keys[1]);
        set.Find(KeyId.Parse("key 2")).ShouldBeNull();
    }

    [Fact]
    public void Two_different_keys_with_the_same_kid_are_both_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var set = Read(JwkRows.Ec(), JwkRows.Rsa(), JwkRows.Ec(other));

        set.Keys.Select(key => key.KeyId.ToString()).ShouldBe(["rsa-2048"]);
        set.Refused.Select(refused => refused.ToString()).ShouldBe(["key 1: another entry has the same kid", "key 3: another entry has the same kid"]);
        set.Find(KeyId.Parse("ec-256")).ShouldBeNull();
    }

    [Fact]
    public void A_key_that_is_listed_twice_is_read_once()
    {
        var set = Read(JwkRows.Ec(), JwkRows.Rsa(), JwkRows.Ec());

        set.Keys.Select(key => key.KeyId.ToString()).ShouldBe(["ec-256", "rsa-2048"]);
        set.Refused.ShouldBeEmpty();
    }

    [Fact]
    public void An_encryption_key_is_skipped_without_an_error()
    {
        var set = Read(JwkRows.Rsa(("kid", "for encryption"), ("use", "enc"), ("alg", "RSA-OAEP")), JwkRows.Ec(), "junk");

        set.Keys.ShouldHaveSingleItem().KeyId.ToString().ShouldBe("ec-256");
        set.Refused.ShouldHaveSingleItem().Entry.ShouldBe("key 3");
    }

    [Fact]
    public void A_refused_key_does_not_invalidate_another_key_with_the_same_kid()
    {
        var set = Read(JwkRows.Ec(), JwkRows.Rsa(("kid", "ec-256"), ("use", "other")));

        set.Keys.ShouldHaveSingleItem().KeyId.ToString().ShouldBe("ec-256");
    }

    [Fact]
    public void A_key_set_with_invalid_entries_is_read_entry_by_entry()
    {
        var twice = Encoding.UTF8.GetString(JwkRows.Bytes(JwkRows.Ec(JwkRows.P384))).Replace("{", """{"kid":"x",""", StringComparison.Ordinal);
        var json = $$"""{"issuer":"https://example","keys":[{{JwkRows.Ec().ToJsonString()}},{{twice}},7,{{JwkRows.Rsa(("kid", null)).ToJsonString()}}]}""";

        var set = PublicKeySetReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem)!;

        problem.ShouldBeNull();
        set.Keys.Select(key => key.KeyId.ToString()).ShouldBe(["ec-256", PublicKey.From(JwkRows.Rsa2048, "RS256").Thumbprint]);
        set.Refused.Select(refused => refused.Entry).ShouldBe(["key 2", "key 3"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("<html>503 Service Unavailable</html>")]
    public void A_text_that_is_not_a_key_set_is_refused(string json)
    {
        PublicKeySetReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem).ShouldBeNull();
        problem.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void The_attested_keys_of_a_service_with_300_instances_are_read()
    {
        var issuing = TestAuthority.Root().Intermediate("issuing");
        var certificate = issuing.Issue("orders");
        var keys = Enumerable.Range(0, 600).Select(_ => Pairs.PublishedPair.Generate()).Select(pair => pair.ToJwks(pair.Attest(certificate, issuing.Intermediates()))["{\"keys\":[".Length..^2]);

        var set = PublicKeySetReader.TryRead(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}"""), out var problem).ShouldNotBeNull(problem);

        (set.Keys.Count, set.Attestations.Count).ShouldBe((600, 600));
    }

    [Fact]
    public void A_key_set_above_the_size_limits_is_refused()
    {
        PublicKeySetReader.TryRead(new byte[PublicKeySetReader.MaximumBytes + 1], out var problem).ShouldBeNull();
        problem.ShouldBe("the key set is longer than 1024 KB");

        var many = new JsonObject { ["keys"] = new JsonArray([.. Enumerable.Range(0, 1025).Select(_ => (JsonNode)0)]) };
        PublicKeySetReader.TryRead(JwkRows.Bytes(many), out problem).ShouldBeNull();
        problem.ShouldBe("the key set has more than 1024 keys");
    }

    private static PublicKeySet Read(params JsonNode[] keys)
    {
        var set = PublicKeySetReader.TryRead(JwkRows.Bytes(new JsonObject { ["keys"] = new JsonArray(keys) }), out var problem);
        problem.ShouldBeNull();
        return set.ShouldNotBeNull();
    }
}
