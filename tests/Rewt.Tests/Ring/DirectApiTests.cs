namespace Rewt.Tests.Ring;

/// <summary>Signing and verifying outside HTTP.</summary>
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
    public async Task An_object_comes_back_as_it_was()
    {
        var order = new Order("A-17", [1, 2, 3], new Dictionary<string, string>(StringComparer.Ordinal) { ["note"] = "grüße 🔑 \"<&>\"" }, null);

        var verified = await Data.VerifyAsync(await Data.SignAsync(order, Cancellation), Cancellation);

        verified.IsValid.ShouldBeTrue();
        verified.Refusal.ShouldBe(RewtRefusal.None);
        var back = verified.Get<Order>()!;
        back.Id.ShouldBe(order.Id);
        back.Lines.ShouldBe(order.Lines);
        back.Tags.ShouldBe(order.Tags);
        back.Comment.ShouldBeNull();
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
    public async Task A_text_comes_back_as_it_was(string text)
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
    public async Task Bytes_come_back_as_they_were(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var verified = await Data.VerifyAsync(await Data.SignBytesAsync(bytes, Cancellation), Cancellation);

        verified.Bytes.ShouldBe(bytes);
        verified.Text.ShouldBeNull();
        (await Data.VerifyAsync(await Data.SignAsync(bytes, Cancellation), Cancellation)).Get<byte[]>().ShouldBe(bytes);
    }

    [Fact]
    public async Task Nothing_is_an_object_that_is_null_and_no_text()
    {
        var verified = await Data.VerifyAsync(await Data.SignAsync<Order?>(null, Cancellation), Cancellation);

        verified.IsValid.ShouldBeTrue();
        verified.Get<Order>().ShouldBeNull();
        await Should.ThrowAsync<ArgumentNullException>(() => Data.SignTextAsync((string)null!, Cancellation));
        await Should.ThrowAsync<ArgumentNullException>(() => Data.VerifyAsync(null!, Cancellation));
        await Should.ThrowAsync<ArgumentNullException>(() => Tokens.VerifyBearerAsync(null!, Cancellation));
    }

    [Fact]
    public async Task A_payload_that_would_not_be_read_is_not_signed()
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
    public async Task A_bearer_token_carries_the_callers_claims_to_the_one_audience()
    {
        var claims = new Dictionary<string, object> { ["userId"] = "u-42", ["roles"] = new[] { "a", "b" }, ["level"] = 7, ["ok"] = true };

        var mine = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync("orders", claims, Cancellation), Cancellation);
        var anybodys = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync(cancellationToken: Cancellation), Cancellation);
        var theirs = await Tokens.VerifyBearerAsync(await Tokens.CreateBearerAsync("inventory", claims, Cancellation), Cancellation);

        mine.Identity!.FindFirst("userId")!.Value.ShouldBe("u-42");
        mine.Identity.FindAll("roles").Select(claim => claim.Value).ShouldBe(["a", "b"]);
        mine.Get<JsonElement>().GetProperty("level").GetInt32().ShouldBe(7);
        anybodys.IsValid.ShouldBeTrue();
        theirs.Refusal.ShouldBe(RewtRefusal.BadAudience);
        theirs.Identity.ShouldBeNull();
        theirs.Issuer.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => theirs.Get<JsonElement>());
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("iat")]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("jti")]
    public async Task A_claim_that_is_the_librarys_own_is_refused(string name)
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
    public async Task A_token_expires_after_its_lifetime_and_the_skew()
    {
        var token = await Data.SignTextAsync("hello", Cancellation);
        _time.Advance(TimeSpan.FromSeconds(89));
        (await Data.VerifyAsync(token, Cancellation)).IsValid.ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(1));

        (await Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.Expired);
    }

    [Fact]
    public async Task A_token_of_a_revoked_key_is_stale_and_one_that_was_touched_is_invalid()
    {
        var ring = _services.GetRequiredService<IRewtKeyRing>();
        var token = await Data.SignTextAsync("hello", Cancellation);
        var parts = token.Split('.');
        var other = (await Data.SignTextAsync("other", Cancellation)).Split('.');
        (await Data.VerifyAsync($"{parts[0]}.{other[1]}.{parts[2]}", Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        foreach (var junk in (string[])["", ".", "..", "...", "hello", token + ".", token[..^1], parts[0], new string('x', 10_000)])
        {
            (await Data.VerifyAsync(junk, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        }

        await ring.RevokeAsync((await ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);

        (await Data.VerifyAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    private sealed record Order(string Id, int[] Lines, Dictionary<string, string> Tags, string? Comment);

    private static object Nested(int levels) => levels == 0 ? "end" : new[] { Nested(levels - 1) };
}
