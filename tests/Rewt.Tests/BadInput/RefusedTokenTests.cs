namespace Rewt.Tests.BadInput;

/// <summary>Verifies that a service and the verifier in process refuse each invalid token.</summary>
public sealed class RefusedTokenTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    private static readonly IReadOnlyDictionary<string, BadToken> Rows =
        AlgorithmRows.All().Concat(ClaimRows.All()).Concat(ShapeRows.All()).Concat(KeyIdRows.All()).ToDictionary(row => row.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task An_invalid_token_gets_401_with_a_fixed_text_and_no_endpoint_runs(string name)
    {
        var row = Rows[name];
        var before = service.Calls;

        using var response = await service.CallAsync(row.Make(service.Forge));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("WWW-Authenticate").ShouldBe([row.Challenge]);
        response.Headers.Contains("Retry-After").ShouldBeFalse();
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        service.Calls.ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task An_invalid_token_is_refused_in_process_without_an_exception(string name)
    {
        var row = Rows[name];

        var verification = await service.Host.Tokens.VerifyBearerAsync(row.Make(service.Forge), Cancellation);

        verification.IsValid.ShouldBeFalse();
        verification.Refusal.ShouldBe(row.Refusal);
        verification.Identity.ShouldBeNull();
        verification.Issuer.ShouldBeNull();
        verification.KeyId.ShouldBeNull();
    }

    [Fact]
    public async Task A_token_with_one_flipped_bit_in_its_signature_is_refused()
    {
        var token = service.Forge.Token;
        var at = token.LastIndexOf('.') + 1;
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(at));
        var before = service.Calls;
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var changed = (byte[])signature.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var forged = token[..at] + TokenForge.Part(changed);

            (await service.CallAsync(forged).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, $"bit {bit}");
            (await service.Host.Tokens.VerifyBearerAsync(forged, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid, $"bit {bit}");
        }

        service.Calls.ShouldBe(before);
    }
}
