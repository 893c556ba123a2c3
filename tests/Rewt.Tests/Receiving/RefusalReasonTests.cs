namespace Rewt.Tests.Receiving;

/// <summary>The service's log states why a token was refused; the caller gets a general reason only.</summary>
public sealed class RefusalReasonTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static readonly Dictionary<string, (Action<RewtOptions>? Settings, Func<Secret, string> Token, string Wire, string Log)> Cases = new(StringComparer.Ordinal)
    {
        ["issuer"] = (options => options.TrustedIssuers.Add("billing"), secret => HandmadeToken.Sign(secret), "invalid", "(UntrustedIssuer). Its issuer 'orders' is not in Rewt:TrustedIssuers ('billing')."),
        ["signature"] = (null, secret => HandmadeToken.Sign(secret)[..^4] + "AAAA", "invalid", "(WrongSignature)."),
        ["shortened signature"] = (null, secret => HandmadeToken.Sign(secret)[..^3], "invalid", "(WrongSignature)."),
        ["audience"] = (null, secret => HandmadeToken.Sign(secret, new() { ["aud"] = "billing" }), "bad_audience", "(OtherAudience). It is for 'billing', but this service accepts 'inventory'"),
        ["expired"] = (null, secret => HandmadeToken.Timed(secret, -500, -440), "expired", "(Expired). It expired 44"),
        ["not yet valid"] = (null, secret => HandmadeToken.Sign(secret, new() { ["nbf"] = Now + 3_000 }), "not_yet_valid", "(NotYetValid). It becomes valid in "),
        ["lifetime"] = (null, secret => HandmadeToken.Sign(secret, new() { ["exp"] = Now + 90_000 }), "invalid", "(LifetimeTooLong). It lives for "),
        ["missing claim"] = (null, secret => HandmadeToken.Sign(secret, new() { ["jti"] = null }), "invalid", "(MissingClaim). The claim 'jti' is missing."),
        ["malformed claim"] = (null, secret => HandmadeToken.Sign(secret, new() { ["iat"] = "soon" }), "invalid", "(MalformedClaims)."),
        ["another request"] = (null, secret => HandmadeToken.Sign(secret, new() { ["htm"] = "POST" }), "wrong_request", "(OtherRequest). It is bound to another method, path, query or message."),
        ["another body"] = (null, secret => HandmadeToken.Sign(secret, new() { ["htb"] = "x" }), "wrong_request", "(OtherBody). It is bound to another body"),
        ["a binding of the wrong type"] = (null, secret => HandmadeToken.Sign(secret, new() { ["otu"] = "true" }), "invalid", "(MalformedClaims)."),
        ["name"] = (null, secret => HandmadeToken.Sign(secret, new() { ["iss"] = "a service" }), "invalid", "(InvalidName). The claim 'iss'"),
        ["unknown key"] = (null, _ => HandmadeToken.Sign(Ring.Rings.Secret("another")), "stale_key", $"(UnknownKey). Its key '{Ring.Rings.KeyId("another")}' is unknown or revoked."),
        ["other key mode"] = (null, _ => HandmadeToken.Sign(KeyPair.Generate("ES256")), "stale_key", "(OtherKeyMode). Its key "),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task The_log_states_the_precise_reason_and_the_answer_does_not(string name)
    {
        var (settings, sign, wire, log) = Cases[name];
        await using var receiver = await StartAsync(settings);

        using var answer = await receiver.GetWithTokenAsync(sign(receiver.Memory.Secret));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldEndWith($"rewt_error=\"{wire}\"");
        answer.Headers.WwwAuthenticate.ToString().ShouldNotContain(log[1..log.IndexOf(')', StringComparison.Ordinal)], Case.Sensitive);
        receiver.Log.Text.ShouldContain(log);
    }

    [Fact]
    public async Task AuthenticationFailed_gets_the_precise_reason()
    {
        Exception? raised = null;
        await using var receiver = await Receiver.StartAsync(services => services.Configure<JwtBearerOptions>(
            RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents { OnAuthenticationFailed = context => Done(() => raised = context.Exception) }));

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "billing" }));

        raised!.Data["rewt.reason"].ShouldBe("OtherAudience");
        raised.Data["rewt.detail"].ShouldBeOfType<string>().ShouldContain("It is for 'billing', but this service accepts 'inventory'");
        raised.Message.ShouldBe("The token is for another audience");
    }

    [Fact]
    public async Task A_flood_of_tokens_with_hostile_text_fills_one_line_a_second_for_each_reason_and_forges_none()
    {
        await using var receiver = await StartAsync(null);
        const string Hostile = "\u001b[31m\r\nforged line\u202E\u2028";
        var tokens = Enumerable.Range(0, 300).Select(number => HandmadeToken.Sign(
            receiver.Memory.Secret, new() { ["iss"] = Hostile + number, ["sub"] = Hostile, ["aud"] = new string('x', 3_000) + Hostile, ["jti"] = Hostile })).ToList();

        foreach (var token in tokens) (await receiver.GetWithTokenAsync(token)).Dispose();
        foreach (var token in tokens) (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = new string('x', 3_000) + Hostile }))).Dispose();

        var lines = receiver.Log.Text.Split('\n').Where(line => line.Contains("refused a token", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBeInRange(2, 100);
        lines.ShouldAllBe(line => line.Length < 600 && !line.Any(character => char.IsControl(character) || character > '~'));
        receiver.Log.Text.ShouldNotContain("\nforged line");
    }


    private static Task<TestService> StartAsync(Action<RewtOptions>? settings) => Receiver.StartAsync(services => services.PostConfigure<RewtOptions>(options => settings?.Invoke(options)));
}
