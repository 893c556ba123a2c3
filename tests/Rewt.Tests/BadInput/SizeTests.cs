namespace Rewt.Tests.BadInput;

/// <summary>Verifies how many bytes the verification of a token allocates. `benchmarks/` measures its duration.</summary>
public sealed class SizeTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    private const int SixteenKilobytes = 16 * 1024;

    public static TheoryData<string> TooLongTokens() => ["over-long", "dots", "dots after a valid header", "claims", "digits", "megabyte"];

    [Theory]
    [MemberData(nameof(TooLongTokens))]
    public async Task A_token_over_8_KiB_is_refused_before_decoding(string shape)
    {
        var token = shape switch
        {
            "over-long" => ShapeRows.OverLong(service.Forge),
            "dots" => new string('.', 20_000),
            "dots after a valid header" => service.Forge.Header + new string('.', 8_000),
            "claims" => TokenForge.Sign(service.Forge.HeaderJson, ShapeRows.ManyClaims(service.Forge, 12_000)),
            "digits" => service.Forge.Claim("x", new string('9', 100_000)).Token,
            _ => service.Forge.Claim("x", $"\"{new string('x', 1 << 20)}\"").Token,
        };

        await ShouldAllocateLittleAsync(token);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_token_with_the_wrong_number_of_parts_is_refused_without_decryption(int parts)
    {
        var token = service.Forge.Token + string.Concat(Enumerable.Repeat("." + TokenForge.Part(new byte[900]), parts - 3));

        await ShouldAllocateLittleAsync(token);
    }

    [Fact]
    public async Task A_token_with_too_many_values_is_refused_before_the_values_are_read() => await ShouldAllocateLittleAsync(service.Forge.Claim("role", ShapeRows.Values(1_300)).Token);

    [Fact]
    public async Task The_verification_of_a_large_valid_token_allocates_little_memory()
    {
        var token = TokenForge.Sign(service.Forge.HeaderJson, ShapeRows.ManyClaims(service.Forge, 450));
        token.Length.ShouldBeInRange(5_000, 8_192);
        (await service.Host.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBeTrue();

        Allocated(() => service.Host.Tokens.VerifyBearerAsync(token, Cancellation)).ShouldBeLessThan(50 * token.Length);
    }

    [Theory]
    [InlineData("deep arrays")]
    [InlineData("deep objects")]
    [InlineData("100,000 levels")]
    [InlineData("12,000 claims")]
    [InlineData("12,000 claims of one name")]
    [InlineData("100,000 digits")]
    [InlineData("100,000 digits as a time")]
    [InlineData("100,000 escapes")]
    public void The_parser_allocates_little_memory_for_a_payload_over_the_size_limit(string shape)
    {
        var json = service.Forge.ClaimsJson[..^1];
        var payload = Encoding.UTF8.GetBytes(shape switch
        {
            "deep arrays" => json + ",\"x\":" + new string('[', 1_000) + new string(']', 1_000) + "}",
            "deep objects" => json + ",\"x\":" + string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + new string('}', 1_000) + "}",
            "100,000 levels" => json + ",\"x\":" + new string('[', 100_000),
            "12,000 claims" => ShapeRows.ManyClaims(service.Forge, 12_000),
            "12,000 claims of one name" => json + string.Concat(Enumerable.Repeat(",\"c\":1", 12_000)) + "}",
            "100,000 digits" => json + ",\"x\":" + new string('9', 100_000) + "}",
            "100,000 digits as a time" => json + ",\"nbf\":" + new string('9', 100_000) + "}",
            _ => json + ",\"x\":\"" + string.Concat(Enumerable.Repeat("\\u0041", 100_000)) + "\"}",
        });

        var allocated = Allocated(() =>
        {
            try
            {
                TokenClaims.Read(payload);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                StrictJson.IsMalformed(exception).ShouldBeTrue();
            }

            return Task.CompletedTask;
        });
        allocated.ShouldBeLessThan(20 * payload.Length);
    }

    private async Task ShouldAllocateLittleAsync(string token)
    {
        var tokens = service.Host.Services.GetRequiredService<IRewtTokens>();
        (await tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBeFalse();

        Allocated(() => tokens.VerifyBearerAsync(token, Cancellation)).ShouldBeLessThan(SixteenKilobytes);
    }

    /// <summary>Returns the bytes that an action allocates after a warm-up. The action runs completely on this thread.</summary>
    private static long Allocated(Func<Task> action)
    {
        for (var iteration = 0; iteration < 50; iteration++) Measure();
        return Measure();

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action().IsCompleted.ShouldBeTrue("the action completes synchronously");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
