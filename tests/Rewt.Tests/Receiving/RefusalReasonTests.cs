using Rewt.Tests.Operations;

namespace Rewt.Tests.Receiving;

/// <summary>Tests that the log of the service states why a token was refused, while the caller gets only a general reason.</summary>
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
        ["lifetime"] = (null, secret => HandmadeToken.Sign(secret, new() { ["exp"] = Now + 90_000 }), "invalid", "(LifetimeTooLong). Its lifetime is "),
        ["missing claim"] = (null, secret => HandmadeToken.Sign(secret, new() { ["jti"] = null }), "invalid", "(MissingClaim). The claim 'jti' is missing."),
        ["malformed claim"] = (null, secret => HandmadeToken.Sign(secret, new() { ["iat"] = "soon" }), "invalid", "(MalformedClaims)."),
        ["another request"] = (null, secret => HandmadeToken.Sign(secret, new() { ["htm"] = "POST" }), "wrong_request", "(OtherRequest). It is bound to another method, path or query."),
        ["another body"] = (null, secret => HandmadeToken.Sign(secret, new() { ["htb"] = "x" }), "wrong_request", "(OtherBody). It is bound to another body"),
        ["a binding of the wrong type"] = (null, secret => HandmadeToken.Sign(secret, new() { ["otu"] = "true" }), "invalid", "(MalformedClaims)."),
        ["name"] = (null, secret => HandmadeToken.Sign(secret, new() { ["iss"] = "a service" }), "invalid", "(InvalidName). The claim 'iss'"),
        ["unknown key"] = (null, _ => HandmadeToken.Sign(Ring.Rings.Secret("another")), "stale_key", $"(UnknownKey). Its key '{Ring.Rings.KeyId("another")}' is unknown or revoked."),
        ["key of a tenant"] = (null, secret => HandmadeToken.Sign(secret.Derive(new("rewt", "acme"), default), new() { ["tenant"] = "acme" }), "invalid", "(UnexpectedTenant). Its key "),
        ["other key mode"] = (null, _ => HandmadeToken.Sign(KeyPair.Generate("ES256")), "stale_key", "(OtherKeyMode). Its key "),
    };

    /// <summary>A refusal for each reason, and what its text must name besides the values in lists.</summary>
    private static readonly (TokenRefusal Refusal, string[] Names)[] Texts =
    [
        (new(RefusalReason.SeveralCredentials), ["several Authorization headers", "proxies"]),
        (new(RefusalReason.NoToken), ["no bearer token", "AddRewtSigning"]),
        (new(RefusalReason.NoToken, "Basic"), ["'Basic'", "AddRewtSigning"]),
        (new(RefusalReason.NoToken, "apikey"), ["API key", "AddRewtApiKeys"]),
        (new(RefusalReason.NoToken, 9000.0, 8192.0), ["9000 characters", "8192", "claims"]),
        (new(RefusalReason.OtherType, "ApiKey"), ["API key", "X-Api-Key"]),
        (new(RefusalReason.OtherType), ["typ rewt+jwt", "Rewt:AcceptNodeTokens"]),
        (new(RefusalReason.UnsupportedHeader), ["crit"]),
        (new(RefusalReason.MalformedClaims), ["not valid JSON", "rewt token inspect"]),
        (new(RefusalReason.MissingKeyId), ["no kid", "Rewt:VerificationKeys", "Rewt:AcceptNodeTokens"]),
        (new(RefusalReason.UntrustedIssuer, new[] { "received" }, new[] { "expected", "another" }), ["Rewt:TrustedIssuers"]),
        (new(RefusalReason.OtherNamespace), ["Rewt:Namespace", "authentication scheme"]),
        (new(RefusalReason.MissingTenant), ["Rewt:Tenants:Enabled", "SetRewtTenant", "AddRewtTenantSelector"]),
        (new(RefusalReason.UnexpectedTenant, "received"), ["'received'", "Rewt:Tenants:Enabled"]),
        (new(RefusalReason.OtherKeyMode, "received"), ["'received'", "Rewt:KeyMode", "Rewt:AlsoAccept", "Rewt:VerificationKeys"]),
        (new(RefusalReason.UnknownKey, "received"), ["'received'", "Rewt:Namespace", "rewt keys list"]),
        (new(RefusalReason.UnknownKey, "received", new RefusedKey("received", "its certificate has expired")), ["'received' is in Redis, but is refused: its certificate has expired."]),
        (new(RefusalReason.UnknownKey, "received", "VerificationKeys"), ["'received' is not in Rewt:VerificationKeys"]),
        (new(RefusalReason.RevokedTenant, "received"), ["'received' is deleted", "rewt tenants create"]),
        (new(RefusalReason.RevokedTenant, "received", "2026-01-01"), ["'received'", "revoked at '2026-01-01'"]),
        (new(RefusalReason.WrongAlgorithm, "received"), ["'received'", "the algorithm of the key"]),
        (new(RefusalReason.OtherOwner, "received"), ["'received'", "Rewt:ServiceName"]),
        (new(RefusalReason.WrongSignature), ["signature is wrong", "compare it at both ends"]),
        (new(RefusalReason.ValidationRule, "received"), ["'received'", "JwtBearerOptions.TokenValidationParameters"]),
        (new(RefusalReason.ValidationRule, "received", new[] { "expected", "another" }), ["JwtBearerOptions.TokenValidationParameters"]),
        (new(RefusalReason.MissingClaim, "received"), ["'received'", "Rewt:RequiredClaims"]),
        (new(RefusalReason.InvalidLifetime), ["expires before it was issued", "what created the token"]),
        (new(RefusalReason.LifetimeTooLong, 600.0, 300.0), ["600 s", "Rewt:MaxTokenLifetime (300 s)", "Rewt:TokenLifetime"]),
        (new(RefusalReason.Expired, 44.5, 30.0), ["44.5 s ago", "Rewt:ClockSkew is 30 s", "rewt doctor"]),
        (new(RefusalReason.NotYetValid, 44.5, 30.0), ["in 44.5 s", "Rewt:ClockSkew is 30 s", "rewt doctor"]),
        (new(RefusalReason.InvalidName, "iss"), ["'iss'", "1 to 128 letters", "Rewt:ServiceName"]),
        (new(RefusalReason.InvalidName, "received"), ["'received'", "1024 characters"]),
        (new(RefusalReason.OtherAudience, new[] { "received" }, new[] { "expected", "another" }), ["Rewt:ServiceName"]),
        (new(RefusalReason.OtherTenant, "received"), ["'received'", "AddRewtTenantSelector", "returns none", "UseRouting"]),
        (new(RefusalReason.OtherTenant, "received", new[] { "expected" }), ["'received'", "AddRewtTenantSelector", "case"]),
        (new(RefusalReason.OtherTenant, "received", "expected"), ["'received'", "RewtKeyRequest.Tenant"]),
        (new(RefusalReason.OtherRequest), ["method, path or query", "Rewt:Binding:ProxyRemovesPath", "Rewt:Binding:ProxyAddsPath"]),
        (new(RefusalReason.OtherBody), ["body, Content-Type or Content-Encoding", "UseAuthentication"]),
        (new(RefusalReason.BodyTooLong, null, 1024.0), ["Rewt:Binding:MaxBodyBytes (1024 bytes)"]),
        (new(RefusalReason.NotBound), ["RequireBoundToken", "Set Binding at the sender"]),
        (new(RefusalReason.NotOneTime), ["RequireOneTimeToken", "Set OneTime at the sender"]),
        (new(RefusalReason.Replayed), ["one-time token", "used before"]),
        (new(RefusalReason.RefusedByApplication), ["OnTokenValidated", "without a result"]),
        (new(RefusalReason.RefusedByApplication, "received"), ["OnTokenValidated", "'received'"]),
    ];

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Fact]
    public void A_test_can_create_the_exception_of_each_reason()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None))
        {
            var exception = new RewtTokenException(reason);

            exception.Reason.ShouldBe(reason);
            exception.Detail.ShouldNotBeNullOrEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task The_log_contains_the_precise_reason_and_the_response_only_a_general_one(string name)
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
    public async Task Events_metrics_and_the_request_span_contain_the_precise_reason()
    {
        Exception? raised = null;
        await using var receiver = await Receiver.StartAsync(services => services.Configure<JwtBearerOptions>(
            RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents { OnAuthenticationFailed = context => AsTask(() => raised = context.Exception) }));
        using var measured = new Measurements(receiver.Services);
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Microsoft.AspNetCore", Sample = (ref _) => ActivitySamplingResult.AllData, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        var (id, secret) = (Guid.NewGuid().ToString("N"), receiver.Memory.Secret);

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(secret, new() { ["aud"] = $"billing\r\n{id}" }));
        using var twice = await receiver.GetAsync("/caller", "Bearer a", "Bearer b");

        raised!.InnerException.ShouldBeOfType<RewtTokenException>().Reason.ShouldBe(RefusalReason.SeveralCredentials);
        measured.Sum("rewt.tokens.verified", "rewt.reason", "other_audience").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.reason", "several_credentials").ShouldBe(1);
        await Eventually.TrueAsync(() => spans.Any(span => Equals(span.GetTagItem("rewt.reason"), "other_audience")), "the span of the request has ended");
        var detail = spans.Select(span => span.GetTagItem("rewt.detail") as string).OfType<string>().Single(text => text.Contains(id, StringComparison.Ordinal));
        detail.ShouldStartWith($"It is for 'billing\\u000d\\u000a{id}', but this service accepts 'inventory'");
        detail.ShouldContain("(iss 'orders', kid ");
    }

    [Fact]
    public async Task The_exception_keeps_the_detail_separate_from_its_message()
    {
        Exception? raised = null;
        await using var receiver = await Receiver.StartAsync(services => services.Configure<JwtBearerOptions>(
            RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents { OnAuthenticationFailed = context => AsTask(() => raised = context.Exception) }));

        using var answer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "billing" }));

        var precise = raised!.InnerException.ShouldBeOfType<RewtTokenException>();
        precise.Detail.ShouldContain("It is for 'billing', but this service accepts 'inventory'");
        raised.ToString().ShouldNotContain("billing");
        precise.Message.ShouldBe("The token is for another audience");
    }

    [Theory]
    [InlineData("issuer", true)]
    [InlineData("signature", true)]
    [InlineData("audience", true)]
    [InlineData("missing claim", true)]
    [InlineData("another request", true)]
    [InlineData("malformed claim", false)]
    public async Task The_log_names_the_issuer_and_the_key_id_of_a_refused_token_but_the_response_does_not(string name, bool hasClaims)
    {
        var (settings, sign, _, _) = Cases[name];
        await using var receiver = await StartAsync(settings);
        var keyId = receiver.Memory.Secret.KeyId;

        using var answer = await receiver.GetWithTokenAsync(sign(receiver.Memory.Secret));

        receiver.Log.Text.ShouldContain(hasClaims ? $". (iss 'orders', kid '{keyId}')" : $". (kid '{keyId}')");
        $"{answer.Headers} {await answer.Content.ReadAsStringAsync(Cancellation)}".ShouldNotContain(keyId.ToString());
    }

    [Fact]
    public async Task Refusals_of_each_trusted_issuer_are_logged_separately()
    {
        await using var receiver = await StartAsync(options => options.TrustedIssuers = ["orders", "billing"]);
        var secret = receiver.Memory.Secret;

        using var first = await receiver.GetWithTokenAsync(HandmadeToken.Sign(secret, new() { ["aud"] = "another" }));
        using var second = await receiver.GetWithTokenAsync(HandmadeToken.Sign(secret, new() { ["aud"] = "another", ["iss"] = "billing" }));

        receiver.Log.Text.Split("(OtherAudience)").Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("Development", null, true)]
    [InlineData("Production", null, false)]
    [InlineData("Production", "true", true)]
    [InlineData("Development", "false", false)]
    public async Task The_response_explains_refusals_in_development_or_with_ExplainRefusals(string environment, string? setting, bool explains)
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder =>
            {
                builder.Environment.EnvironmentName = environment;
                builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostEnvironment>(builder.Environment);
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory").AddRewt("Users", options => options.Namespace = "users");
                builder.Services.AddAuthorizationBuilder().SetDefaultPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder("Rewt", "Users").RequireAuthenticatedUser().Build());
            },
            null,
            setting is null ? [] : new(StringComparer.Ordinal) { ["Rewt:ExplainRefusals"] = setting, ["Rewt:Schemes:Users:ExplainRefusals"] = setting });

        // Both namespaces have the same secret in this test, so a token would belong to the other namespace if only that one had been read.
        await receiver.Provider.ReadNowAsync(Cancellation);
        using var refused = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "billing" }));
        using var bare = await receiver.AskAsync(null);

        receiver.Log.Text.Contains("RefusalsExplained", StringComparison.Ordinal).ShouldBe(explains && environment == "Production");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.Select(value => value.ToString()).ShouldContain("Bearer error=\"invalid_token\", error_description=\"The token is for another audience\", rewt_error=\"bad_audience\"");
        refused.Headers.WwwAuthenticate.Count.ShouldBe(2, "the second scheme adds its challenge too");
        bare.Headers.WwwAuthenticate.ShouldAllBe(value => value.ToString() == "Bearer");
        var (body, missing) = (await refused.Content.ReadAsStringAsync(Cancellation), await bare.Content.ReadAsStringAsync(Cancellation));
        if (!explains)
        {
            (body + missing).ShouldBeEmpty();
            return;
        }

        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        (problem.GetProperty("status").GetInt32(), problem.GetProperty("reason").GetString()).ShouldBe((401, "other_audience"));
        problem.GetProperty("detail").GetString()!.ShouldContain("this service accepts 'inventory'");
        JsonSerializer.Deserialize<JsonElement>(missing).GetProperty("reason").GetString().ShouldBe("no_token");
    }

    [Fact]
    public void The_text_of_each_refusal_reason_names_what_was_received_and_expected_or_what_to_check()
    {
        Texts.Select(row => row.Refusal.Reason).Distinct().ShouldBe(Enum.GetValues<RefusalReason>().Except([RefusalReason.None]), ignoreOrder: true);
        Texts.Select(row => $"{row.Refusal}").ShouldBeUnique();
        foreach (var (refusal, names) in Texts)
        {
            var text = $"{refusal}";
            foreach (var name in names) text.ShouldContain(name, Case.Sensitive);
            foreach (var value in new[] { refusal.Received, refusal.Expected }.OfType<IEnumerable<string>>().SelectMany(values => values)) text.ShouldContain($"'{value}'", Case.Sensitive);
            text.ShouldNotContain("(none)", Case.Sensitive);
            text.ShouldMatch(@"^[A-Z].*[\w)']\.$");
            // A list of characters contains a dot too.
            text.Replace(", and . _ - only", "", StringComparison.Ordinal).Split(". ").ShouldAllBe(sentence => char.IsUpper(sentence[0]), text);
        }
    }

    [Theory]
    [InlineData(null, "The request has no bearer token.")]
    [InlineData("Bearer", "The request has no bearer token.")]
    [InlineData("bearer ", "The request has no bearer token.")]
    [InlineData("Negotiate YII=", "The Authorization header of the request has the scheme 'Negotiate' instead of Bearer.")]
    [InlineData("c2VjcmV0", "The request has no bearer token.")]
    [InlineData("c2VjcmV0 x", "The request has no bearer token.")]
    [InlineData("asecretoflettersonlyX x", "The request has no bearer token.")]
    [InlineData("a=b x", "The request has no bearer token.")]
    public void The_text_of_a_missing_token_names_the_scheme_of_the_header_but_no_part_of_its_value(string? authorization, string text) => $"{BearerHeader.Missing(authorization)}".ShouldStartWith(text);

    [Fact]
    public void A_refusal_without_values_has_a_text_too() => new TokenRefusal(RefusalReason.UntrustedIssuer).ToString().ShouldStartWith("Its issuer (none) is not in Rewt:TrustedIssuers ((none)).");

    [Theory]
    [InlineData(2_000)]
    [InlineData(100_000, Traits = ["Category", "Long"])]
    public async Task Hostile_tokens_log_one_line_a_second_for_each_reason_and_forge_no_line(int tokens)
    {
        const string Hostile = "\u001b[31m\r\nforged line\u202E\u2028\u0000{0}'; DROP";
        await using var receiver = await Receiver.StartAsync(services => services.AddLogging(logging => logging.AddFilter("Microsoft", LogLevel.None)));
        var secret = receiver.Memory.Secret;
        string[] fields = ["iss", "sub", "aud", "jti", "iat", "exp", "nbf", "tenant", "scope", "client_id", "actort", "htm", "htt", "htb", "mbh", "otu", Hostile];
        var hostile = fields.Select(field => HandmadeToken.Sign(secret, new() { [field] = Hostile }))
            .Concat(fields.Select(field => HandmadeToken.Sign(secret, new() { [field] = new[] { Hostile, new string('x', 2_000) } })))
            // Only one token has an unknown key, because such tokens wait for a read and there are two reads a second.
            .Append(HandmadeToken.Sign(Ring.Rings.Secret("another"), new() { ["sub"] = Hostile }))
            .Concat(fields.Select(field => HandmadeToken.Sign(secret, new() { [field] = Hostile })[..^4] + "AAAA"))
            .Concat(new[] { "alg", "kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5u", "x5c", Hostile }.Select(name => $"{Part(new() { ["alg"] = "HS256", ["kid"] = "k", ["typ"] = "rewt+jwt", [name] = Hostile })}.{Part(new() { ["iss"] = "orders" })}.{Hostile.Length}"))
            .Append(HandmadeToken.Sign(secret)[..^4] + "AAAA")
            .ToList();
        var began = TimeProvider.System.GetTimestamp();

        await Parallel.ForEachAsync(Enumerable.Range(0, tokens), new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = Cancellation }, async (number, _) =>
        {
            (await receiver.GetWithTokenAsync(hostile[number % hostile.Count])).Dispose();
        });

        var seconds = (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 2;
        var all = receiver.Log.Text.Split('\n');
        var lines = all.Where(line => line.Contains("TokenRefused", StringComparison.Ordinal) || line.Contains("NoRewtToken", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBeGreaterThan(5);
        (all.Length - lines.Count).ShouldBeLessThan(tokens / 10, "the base class of the handler adds no lines");
        foreach (var reason in lines.GroupBy(line => line[line.IndexOf('(', StringComparison.Ordinal)..line.IndexOf(')', StringComparison.Ordinal)], StringComparer.Ordinal)) reason.Count().ShouldBeLessThanOrEqualTo(seconds, reason.Key);
        lines.ShouldAllBe(line => line.Length < 700 && !line.Any(character => char.IsControl(character) || character > '~'));
        receiver.Log.Text.ShouldNotContain("\nforged line");
        foreach (var line in lines) hostile.ShouldAllBe(token => !line.Contains(token.Split('.', 3)[2], StringComparison.Ordinal) || token.Split('.', 3)[2].Length < 10);

        static string Part(Dictionary<string, object?> json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
    }

    private static Task<TestService> StartAsync(Action<RewtOptions>? settings) => Receiver.StartAsync(services => services.PostConfigure<RewtOptions>(options => settings?.Invoke(options)));
}
