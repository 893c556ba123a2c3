namespace Rewt.Tests.BadInput;

/// <summary>Each wrong token, at a real service and in process.</summary>
public sealed class RefusedTokenTests(GuardedService service) : IClassFixture<GuardedService>
{
    private static readonly IReadOnlyDictionary<string, BadToken> Rows =
        AlgorithmRows.All().Concat(ClaimRows.All()).Concat(ShapeRows.All()).Concat(KeyIdRows.All()).ToDictionary(row => row.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_token_gets_401_with_a_fixed_text_and_never_reaches_the_endpoint(string name)
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
    public async Task A_wrong_token_is_refused_in_process_without_an_exception(string name)
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
    public async Task No_single_flipped_bit_of_a_signature_is_overlooked()
    {
        var token = service.Forge.Token;
        var at = token.LastIndexOf('.') + 1;
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(at));
        var before = service.Calls;
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var bent = (byte[])signature.Clone();
            bent[bit / 8] ^= (byte)(1 << (bit % 8));
            var forged = token[..at] + TokenForge.Part(bent);

            (await service.CallAsync(forged).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized, $"bit {bit}");
            (await service.Host.Tokens.VerifyBearerAsync(forged, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid, $"bit {bit}");
        }

        service.Calls.ShouldBe(before);
    }
}
