namespace Rewt.Tests.Ring;

/// <summary>Tests signing and verifying outside HTTP.</summary>
public sealed class DirectApiTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;

    public DirectApiTests()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.AddRewtInMemoryKeys(options => options.ServiceName = "orders");
        _services = services.BuildServiceProvider();
    }

    private IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    private IRewtSignedData Data => _services.GetRequiredService<IRewtSignedData>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_signed_object_is_returned_unchanged_by_verification()
    {
        var order = new Order("A-17", [1, 2, 3], new Dictionary<string, string>(StringComparer.Ordinal) { ["note"] = "grüße 🔑 \"<&>\"" }, null);

        var verified = await Data.VerifyAsync(await Data.SignAsync(order, Cancellation), Cancellation);

        verified.IsValid.ShouldBeTrue();
        verified.Refusal.ShouldBe(RewtRefusal.None);
        var received = verified.Get<Order>()!;
        received.Id.ShouldBe(order.Id);
        received.Lines.ShouldBe(order.Lines);
        received.Tags.ShouldBe(order.Tags);
        received.Comment.ShouldBeNull();
        verified.Text.ShouldBeNull();
        verified.Bytes.ShouldBeNull();
        verified.Issuer.ShouldBe("orders");
        verified.IssuedAt.ShouldBe(_time.GetUtcNow());
        verified.ExpiresAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(60));
        verified.KeyId!.Length.ShouldBe(22);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("grüße 🔑 \0 \r\n \" \\ <&>'")]
    [InlineData("{\"looks\":\"like JSON\"}")]
    public async Task A_signed_text_is_returned_unchanged_by_verification(string text)
    {
        var verified = await Data.VerifyAsync(await Data.SignTextAsync(text, Cancellation), Cancellation);

        verified.Text.ShouldBe(text);
        verified.Bytes.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => verified.Get<string>());
        (await Data.VerifyAsync(await Data.SignAsync(text, Cancellation), Cancellation)).Get<string>().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("ff00fe0d0a7f80")]
    public async Task Signed_bytes_are_returned_unchanged_by_verification(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var verified = await Data.VerifyAsync(await Data.SignBytesAsync(bytes, Cancellation), Cancellation);

        verified.Bytes.ShouldBe(bytes);
        verified.Text.ShouldBeNull();
        (await Data.VerifyAsync(await Data.SignAsync(bytes, Cancellation), Cancellation)).Get<byte[]>().ShouldBe(bytes);
    }

    [Fact]
    public async Task A_null_object_can_be_signed_but_null_text_and_null_tokens_throw()
    {
        var verified = await Data.VerifyAsync(await Data.SignAsync<Order?>(null, Cancellation), Cancellation);

        verified.IsValid.ShouldBeTrue();
        verified.Get<Order>().ShouldBeNull();
        await Should.ThrowAsync<ArgumentNullException>(() => Data.SignTextAsync((string)null!, Cancellation));
        await Should.ThrowAsync<ArgumentNullException>(() => Data.VerifyAsync(null!, Cancellation));
        await Should.ThrowAsync<ArgumentNullException>(() => Tokens.VerifyBearerAsync(null!, Cancellation));
    }

    [Fact]
    public async Task A_payload_that_exceeds_the_limits_of_verification_is_not_signed()
    {
        var largest = new string('x', 5_800);
        (await Data.VerifyAsync(await Data.SignTextAsync(largest, Cancellation), Cancellation)).Text.ShouldBe(largest);

        await Should.ThrowAsync<ArgumentException>(() => Data.SignTextAsync(new string('x', 8_192), Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => Data.SignBytesAsync(new byte[8_192], Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => Data.SignAsync(Nested(20), Cancellation));
        (await Data.VerifyAsync(await Data.SignAsync(Nested(12), Cancellation), Cancellation)).IsValid.ShouldBeTrue();
        await Should.ThrowAsync<ArgumentException>(() => Data.SignAsync(Enumerable.Range(0, 8_192), Cancellation));
        var roles = Enumerable.Repeat("r", 506).ToList();
        (await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync(claims: new Dictionary<string, object> { ["role"] = roles }, cancellationToken: Cancellation), Cancellation)).IsValid.ShouldBeTrue();
        roles.Add("one more");
        (await Should.ThrowAsync<ArgumentException>(
            () => Tokens.CreateBearerAsync(claims: new Dictionary<string, object> { ["role"] = roles }, cancellationToken: Cancellation))).Message.ShouldContain("512 values");
        await Should.ThrowAsync<ArgumentException>(
            () => Tokens.CreateBearerAsync(claims: new Dictionary<string, object> { ["big"] = new string('x', 8_192) }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_bearer_token_carries_its_claims_to_its_audience_only()
    {
        var claims = new Dictionary<string, object> { ["userId"] = "u-42", ["roles"] = new[] { "a", "b" }, ["level"] = 7, ["ok"] = true };

        var forThisService = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync("orders", claims, Cancellation), Cancellation);
        var withoutAudience = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync(cancellationToken: Cancellation), Cancellation);
        var forOtherService = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync("inventory", claims, Cancellation), Cancellation);

        forThisService.Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        forThisService.Identity.FindAll("roles").Select(claim => claim.Value).ShouldBe(["a", "b"]);
        forThisService.Get<JsonElement>().GetProperty("level").GetInt32().ShouldBe(7);
        withoutAudience.IsValid.ShouldBeTrue();
        forOtherService.Refusal.ShouldBe(RewtRefusal.BadAudience);
        forOtherService.Identity.ShouldBeNull();
        forOtherService.Issuer.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => forOtherService.Get<JsonElement>());
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("iat")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("jti")]
    public async Task A_custom_claim_with_a_reserved_name_is_refused(string name)
    {
        var claims = new Dictionary<string, object> { ["userId"] = "u-42", [name] = "mine" };

        var error = await Should.ThrowAsync<ArgumentException>(() => Tokens.CreateBearerAsync("orders", claims, Cancellation));

        error.Message.ShouldContain($"'{name}'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("https://orders")]
    public async Task A_malformed_audience_is_refused(string audience) =>
        await Should.ThrowAsync<ArgumentException>(() => Tokens.CreateBearerAsync(audience, cancellationToken: Cancellation));

    [Fact]
    public async Task A_token_expires_after_its_lifetime_plus_the_clock_skew()
    {
        var token = await Data.SignTextAsync("hello", Cancellation);
        _time.Advance(TimeSpan.FromSeconds(89));
        (await Data.VerifyAsync(token, Cancellation)).IsValid.ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(1));

        (await Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Expired);
    }

    [Fact]
    public async Task A_token_of_a_revoked_key_is_stale_and_a_modified_token_is_invalid()
    {
        var ring = _services.GetRequiredService<IRewtKeyRing>();
        var token = await Data.SignTextAsync("hello", Cancellation);
        var parts = token.Split('.');
        var other = (await Data.SignTextAsync("other", Cancellation)).Split('.');
        (await Data.VerifyAsync($"{parts[0]}.{other[1]}.{parts[2]}", Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        foreach (var malformed in (string[])["", ".", "..", "...", "hello", token + ".", token[..^1], parts[0], new string('x', 10_000)])
        {
            (await Data.VerifyAsync(malformed, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        }

        await ring.RevokeAsync((await ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);

        (await Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    private sealed record Order(string Id, int[] Lines, Dictionary<string, string> Tags, string? Comment);

    private static object Nested(int levels) => levels == 0 ? "end" : new[] { Nested(levels - 1) };
}
