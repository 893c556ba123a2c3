using Rewt.Tests.PublicKeys;
using Rewt.Tests.Ring;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.Receiving;

/// <summary>Tests the verifier with a resolver that returns fixed keys. Each refusal has a reason and the values that a log line contains.</summary>
public sealed class TokenVerifierTests
{
    private static readonly TokenForge Forge = new(FixedClock.Now.ToUnixTimeSeconds());
    private static readonly TokenForge Node = Forge.WithoutHeaderMember("kid").HeaderMember("typ", "\"JWT\"");
    private static readonly Secret Known = Secret.TryParse(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), out _)!;
    private static readonly SecurityKey Shared = new RingSecurityKey(Known);
    private static readonly SecurityKey Wrong = new RingSecurityKey(Rings.Secret("wrong"));
    private static readonly SecurityKey AlsoWrong = new RingSecurityKey(Rings.Secret("also wrong"));
    private static readonly SecurityKey WrongToo = new RingSecurityKey(Rings.Secret("wrong too"));
    private static readonly SecurityKey KeyOfBilling = Owned("billing");
    private static readonly SecurityKey KeyOfOrders = Owned("orders");
    private static readonly SecurityKey UnownedKey = PublicKey.From(JwkRows.P256).SecurityKey;
    private static readonly string Thumbprint = new('A', 43);
    private static readonly string TenantKey = $"{Known.KeyId}.5";

    private static readonly Dictionary<string, Row> Rows = new(StringComparer.Ordinal)
    {
        ["a valid token"] = new(Forge.Token),
        ["another type"] = new(Forge.HeaderMember("typ", "\"rewt-data+jwt\"").Token, RefusalReason.OtherType),
        ["a crit header"] = new(Forge.HeaderMember("crit", "[]").Token, RefusalReason.UnsupportedHeader),
        ["a claim twice"] = new(Forge.AppendClaim("iss", "\"orders\"").Token, RefusalReason.MalformedClaims),
        ["no kid"] = new(Forge.WithoutHeaderMember("kid").Token, RefusalReason.MissingKeyId),
        ["an issuer that is not trusted"] = new(Forge.Token, RefusalReason.UntrustedIssuer, "orders", "billing") { Settings = options => options.TrustedIssuers.Add("billing") },
        ["another algorithm"] = new(Forge.HeaderMember("alg", "\"HS384\"").Token, RefusalReason.WrongAlgorithm, "HS384"),
        ["a signature of another secret"] = new(Forge.Token, RefusalReason.WrongSignature) { Keys = [Wrong] },
        ["the second of two keys"] = new(Forge.Token) { Keys = [Wrong, Shared] },
        ["the first of two keys"] = new(Forge.Token) { Keys = [Shared, Wrong] },
        ["a signature without its last byte"] = new($"{Forge.Header}.{Forge.Claims}.{TokenForge.Part(new byte[31])}", RefusalReason.WrongSignature),
        ["the key of another issuer"] = new(Es256(Forge), RefusalReason.OtherOwner, "orders") { Keys = [KeyOfBilling] },
        ["the key of its issuer"] = new(Es256(Forge)) { Keys = [KeyOfOrders] },
        ["a key without an owner"] = new(Es256(Forge)) { Keys = [UnownedKey] },
        ["a wrong signature of a public key"] = new(Es256(Forge)[..^4] + "AAAA", RefusalReason.WrongSignature) { Keys = [KeyOfOrders] },
        ["for the namespace, by the secret"] = new(Forge.Claim("aud", "\"rewt\"").Token),
        ["for the namespace, by a key pair"] = new(Es256(Forge.Claim("aud", "\"rewt\"")), RefusalReason.OtherAudience, "rewt", "inventory") { Keys = [KeyOfOrders] },
        ["for other audiences"] = new(Forge.Claim("aud", "[\"billing\",\"shipping\"]").Token, RefusalReason.OtherAudience, "billing,shipping", "inventory"),
        ["for one of several audiences"] = new(Forge.Claim("aud", "[\"billing\",\"inventory\"]").Token),
        ["no audience where none is required"] = new(Forge.WithoutClaim("aud").Token) { Settings = Requiring("iat", "exp") },
        ["no token id"] = new(Forge.WithoutClaim("jti").Token, RefusalReason.MissingClaim, "jti"),
        ["an invalid name of the issuer"] = new(Forge.Claim("iss", "\"or ders\"").Token, RefusalReason.InvalidName, "iss"),
        ["a token id with a control character"] = new(Forge.Claim("jti", "\"\\u0000\"").Claim("sub", "\"\\u0000\"").Token, RefusalReason.InvalidName, "jti"),
        ["a subject with a control character"] = new(Forge.Claim("sub", "\"\\u0000\"").Token, RefusalReason.InvalidName, "sub"),
        ["a second issuer in upper case"] = new(Forge.Claim("ISS", "\"billing\"").Token, RefusalReason.MalformedClaims),
        ["a tenant in another case where there are no tenants"] = new(Forge.Claim("Tenant", "\"b\"").Token),
        ["exp equals iat"] = new(Forge.Claim("exp", Forge.Now).Token, RefusalReason.InvalidLifetime),
        ["a lifetime above the maximum"] = new(Forge.Claim("exp", Forge.Now + 301).Token, RefusalReason.LifetimeTooLong, 301d, 300d),
        ["expired by exactly the skew"] = new(Forge.Claim("iat", Forge.Now - 60).Claim("exp", Forge.Now - 30).Token, RefusalReason.Expired, 30d, 30d),
        ["expired by less than the skew"] = new(Forge.Claim("iat", Forge.Now - 60).Claim("exp", Forge.Now - 29).Token),
        ["issued in the future, beyond the skew"] = new(Forge.Claim("iat", Forge.Now + 31).Token, RefusalReason.NotYetValid, 31d, 30d),
        ["issued in the future, within the skew"] = new(Forge.Claim("iat", Forge.Now + 30).Token),
        ["nbf beyond the skew"] = new(Forge.Claim("nbf", Forge.Now + 31).Token, RefusalReason.NotYetValid, 31d, 30d),
        ["nbf within the skew"] = new(Forge.Claim("nbf", Forge.Now + 30).Token),
        ["without iat, the maximum lifetime"] = new(Forge.WithoutClaim("iat").Claim("exp", Forge.Now + 330).Token) { Settings = Requiring("exp") },
        ["without iat, a lifetime above the maximum"] = new(Forge.WithoutClaim("iat").Claim("exp", Forge.Now + 331).Token, RefusalReason.LifetimeTooLong, 301d, 300d) { Settings = Requiring("exp") },
        ["without exp, below the maximum age"] = new(Forge.WithoutClaim("exp").Claim("iat", Forge.Now - 299).Token) { Settings = Requiring("iat") },
        ["without exp, above the maximum age"] = new(Forge.WithoutClaim("exp").Claim("iat", Forge.Now - 310).Token, RefusalReason.Expired, 10d, 30d) { Settings = Requiring("iat") },
        ["without exp, exactly the maximum age"] = new(Forge.WithoutClaim("exp").Claim("iat", Forge.Now - 300).Token, RefusalReason.Expired, 0d, 30d) { Settings = Requiring("iat") },
        ["without iat, expired"] = new(Forge.WithoutClaim("iat").Claim("exp", Forge.Now - 40).Token, RefusalReason.Expired, 40d, 30d) { Settings = Requiring("exp") },
        ["neither iat nor exp"] = new(Forge.WithoutClaim("iat").WithoutClaim("exp").Token) { Settings = Requiring("jti") },
        ["a key id of a secret"] = new(Forge.Token, RefusalReason.UnknownKey, Known.KeyId) { Keys = [] },
        ["a key id of a key pair"] = new(Kid(Thumbprint).Token, RefusalReason.OtherKeyMode, Thumbprint) { Keys = [] },
        ["a key id of a key pair where both are accepted"] = new(Kid(Thumbprint).Token, RefusalReason.UnknownKey, Thumbprint) { Keys = [], Settings = options => options.AlsoAccept = KeyMode.KeyPair },
        ["a key id of a key pair where keys are configured"] = new(Kid(Thumbprint).Token, RefusalReason.UnknownKey, Thumbprint, "VerificationKeys") { Keys = [], Settings = Configured },
        ["a key id of a secret where keys are configured"] = new(Forge.Token, RefusalReason.UnknownKey, Known.KeyId, "VerificationKeys") { Keys = [], Settings = Configured },
        ["a key id of a key pair where there are key pairs"] = new(Kid(Thumbprint).Token, RefusalReason.UnknownKey, Thumbprint) { Keys = [], Settings = options => options.KeyMode = KeyMode.KeyPair },
        ["a key id of a secret where there are key pairs"] = new(Forge.Token, RefusalReason.OtherKeyMode, Known.KeyId) { Keys = [], Settings = options => options.KeyMode = KeyMode.KeyPair },
        ["a key id of a tenant where there are none"] = new(Kid(TenantKey).Token, RefusalReason.UnexpectedTenant, TenantKey) { Keys = [] },
        ["a key id of a tenant where there are tenants"] = new(Kid(TenantKey).Claim("tenant", "\"a\"").Token, RefusalReason.UnknownKey, TenantKey) { Keys = [], Settings = Tenants },
        ["no tenant"] = new(Forge.Token, RefusalReason.MissingTenant) { Settings = Tenants },
        ["the secret as the key of a tenant"] = new(Forge.Claim("tenant", "\"a\"").Token, RefusalReason.OtherTenant, "a", "key") { Settings = Tenants },
        ["the key of another tenant"] = new(TenantToken("a", "b"), RefusalReason.OtherTenant, "b", "key") { Keys = [Derived("a")], Settings = Tenants },
        ["the key of its tenant"] = new(TenantToken("a", "a")) { Keys = [Derived("a")], Settings = Tenants },
        ["a second tenant in another case"] = new(TenantToken("a", "a", "Tenant"), RefusalReason.MalformedClaims) { Keys = [Derived("a")], Settings = Tenants },
        ["the key of a tenant that the store does not confirm"] = new(TenantToken("a", "a"), RefusalReason.UnknownKey, Known.Derive(new("rewt", "a"), default).KeyId) { Keys = [Derived("a", false)], Settings = Tenants },
        ["a Node token where Node tokens are not accepted"] = new(Node.Token, RefusalReason.OtherType),
        ["a Node token"] = new(Node.WithoutClaim("exp").WithoutClaim("jti").WithoutClaim("aud").WithoutClaim("iss").Token) { Settings = NodeTokens },
        ["a Node token without iat"] = new(Node.WithoutClaim("iat").Token, RefusalReason.MissingClaim, "iat") { Settings = NodeTokens },
        ["a Node token with another secret"] = new(Node.Token, RefusalReason.WrongSignature) { Keys = [Wrong], Settings = NodeTokens },
        ["a Rewt token without a kid where Node tokens are accepted"] = new(Forge.WithoutHeaderMember("kid").Token, RefusalReason.MissingKeyId) { Settings = NodeTokens },
        ["a foreign token without a kid"] = new(Es256(Node)) { Keys = [UnownedKey], Settings = Configured },
        ["a foreign token without a kid whose issuer is this service"] = new(Es256(Node.Claim("iss", "\"inventory\"")), RefusalReason.MissingKeyId) { Keys = [UnownedKey], Settings = Configured },
        ["a foreign token with the kid of a key"] = new(Es256(Node.HeaderMember("kid", "\"any\""))) { Keys = [UnownedKey], Settings = Configured },
        ["a foreign token with an empty kid"] = new(Es256(Node.HeaderMember("kid", "\"\"")), RefusalReason.MissingKeyId) { Keys = [UnownedKey], Settings = Configured },
        ["a URL as the issuer where keys are configured"] = new(Es256(Node.Claim("iss", "\"https://auth.example/\""))) { Keys = [UnownedKey], Settings = Configured },
        ["a non-ASCII issuer where keys are configured"] = new(Es256(Node.Claim("iss", """ "https://auth.example/Büro \"1\"" """).Claim("jti", """ "a\\b" """))) { Keys = [UnownedKey], Settings = Configured },
        ["an issuer with a control character where keys are configured"] = new(Es256(Node.Claim("iss", "\"a\\nb\"")), RefusalReason.InvalidName, "iss") { Keys = [UnownedKey], Settings = Configured },
        ["an issuer with a bidirectional control character where keys are configured"] = new(Es256(Node.Claim("iss", "\"https://auth.example/\\u202e\"")), RefusalReason.InvalidName, "iss") { Keys = [UnownedKey], Settings = Configured },
        ["a foreign token of another type"] = new(Es256(Node.HeaderMember("typ", "\"dpop+jwt\"")), RefusalReason.OtherType) { Keys = [UnownedKey], Settings = Configured },
    };

    public static TheoryData<string> Names() => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task Each_token_is_accepted_or_refused_with_the_expected_reason_and_values(string name)
    {
        var row = Rows[name];

        var result = await Verifier(new Resolver((_, _) => row.Keys), row.Settings).VerifyAsync(row.Token, Cancellation);

        (result.Cause?.Reason ?? RefusalReason.None, Text(result.Cause?.Received), Text(result.Cause?.Expected)).ShouldBe((row.Reason, Text(row.Received), Text(row.Expected)));
        result.IsForeign.ShouldBe(row.Reason == RefusalReason.OtherType);
        (result.Identity is not null).ShouldBe(result.IsValid);
        if (result.IsValid) row.Keys.ShouldContain(result.Key!);
    }

    [Theory]
    [InlineData("orders", false, RefusalReason.None)]
    [InlineData("billing", false, RefusalReason.ValidationRule)]
    [InlineData("orders", true, RefusalReason.WrongSignature)]
    public async Task Application_rules_run_after_the_built_in_checks_and_receive_no_secret(string issuer, bool isForged, RefusalReason reason)
    {
        foreach (var (key, token) in new[] { (Shared, Forge.Token), (UnownedKey, Es256(Forge)) })
        {
            var rules = new TokenValidationParameters { ValidIssuer = issuer };
            var verifier = Verifier(new Resolver((_, _) => [key]), null, rules);

            var result = await verifier.VerifyAsync(isForged ? token[..^4] + "AAAA" : token, Cancellation);

            (result.Cause?.Reason ?? RefusalReason.None).ShouldBe(reason);
            if (result.IsValid && key == Shared) result.Token!.SigningKey.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_wrong_signature_for_a_key_of_the_application_is_refused()
    {
        var key = new ECDsaSecurityKey(JwkRows.P256);

        (await Verifier(new Resolver((_, _) => [key])).VerifyAsync(Es256(Forge), Cancellation)).IsValid.ShouldBeTrue();
        (await Verifier(new Resolver((_, _) => [key])).VerifyAsync(Es256(Forge)[..^4] + "AAAA", Cancellation)).Cause!.Reason.ShouldBe(RefusalReason.WrongSignature);
    }

    [Fact]
    public async Task A_resolver_that_returns_null_results_in_UnknownKey()
    {
        var result = await Verifier(new Resolver((_, _) => null)).VerifyAsync(Forge.Token, Cancellation);

        result.Cause.ShouldBe(new TokenRefusal(RefusalReason.UnknownKey, Known.KeyId.ToString()));
    }

    [Fact]
    public async Task A_failing_resolver_is_an_outage_and_a_cancelled_one_is_not()
    {
        var failure = new InvalidTimeZoneException();
        var outage = new RewtKeysUnavailableException("none", TimeSpan.FromSeconds(7));
        using var cancellation = new CancellationTokenSource();

        var failed = await Should.ThrowAsync<RewtKeysUnavailableException>(() => Verifier(new Resolver((_, _) => throw failure)).VerifyAsync(Forge.Token, Cancellation).AsTask());
        var unavailable = await Should.ThrowAsync<RewtKeysUnavailableException>(() => Verifier(new Resolver((_, _) => throw outage)).VerifyAsync(Forge.Token, Cancellation).AsTask());
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Verifier(new Resolver((_, _) => throw new OperationCanceledException())).VerifyAsync(Forge.Token, cancellation.Token).AsTask());

        failed.InnerException.ShouldBeSameAs(failure);
        failed.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        unavailable.ShouldBeSameAs(outage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_revoked_during_the_verification_verifies_no_token(bool isKeyless)
    {
        var resolver = new Resolver((_, call) => call == 1 ? [Shared] : []);

        var result = await Verifier(resolver, NodeTokens).VerifyAsync(isKeyless ? Node.Token : Forge.Token, Cancellation);

        result.Cause.ShouldBe(new TokenRefusal(RefusalReason.UnknownKey, isKeyless ? null : Known.KeyId.ToString()));
        resolver.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("none", "known", "", RefusalReason.None, ".0..")]
    [InlineData("wrong", "known", "", RefusalReason.None, ".1..")]
    [InlineData("wrong", "also wrong", "known", RefusalReason.None, ".1.2..")]
    [InlineData("wrong", "also wrong", "wrong too", RefusalReason.WrongSignature, ".1.2.")]
    [InlineData("wrong", "also wrong", "wrong", RefusalReason.WrongSignature, ".1.2.")]
    [InlineData("wrong", "wrong", "known", RefusalReason.WrongSignature, ".1.")]
    [InlineData("wrong", "also wrong", "none", RefusalReason.WrongSignature, ".1.2.")]
    [InlineData("known", "", "", RefusalReason.None, "..")]
    public async Task Newer_keys_are_requested_at_most_twice_for_a_token_without_a_key_id(string first, string second, string third, RefusalReason reason, string tried)
    {
        SecurityKey[] Keys(string name) => name switch { "none" => [], "wrong" => [Wrong], "also wrong" => [AlsoWrong], "wrong too" => [WrongToo], _ => [Shared] };
        var resolver = new Resolver((request, call) => Keys(call switch { 1 => first, 2 when request.Tried is not null => second, 3 when request.Tried is not null => third, _ => "known" }));

        var result = await Verifier(resolver, NodeTokens).VerifyAsync(Node.Token, Cancellation);

        (result.Cause?.Reason ?? RefusalReason.None).ShouldBe(reason);
        string.Concat(resolver.Requests.Select(request => $"{request.Tried?.Count}.")).ShouldBe(tried);
        resolver.Requests.ShouldAllBe(request => request.KeyId == null && request.Issuer == "orders" && request.Namespace == "rewt");
    }

    [Fact]
    public async Task A_tenant_is_read_from_the_store_only_if_its_token_is_otherwise_valid()
    {
        var confirmed = 0;
        var key = new TenantSecurityKey((_, _) => new(confirmed++ == 0), new("rewt", "a"), Known, default);
        string Token(TokenForge forge) => AlgorithmRows.Signed(forge.HeaderMember("kid", $"\"{key.KeyId}\"").Claim("tenant", "\"a\""), bytes => HMACSHA256.HashData(key.Secret.Bytes, bytes));
        var verifier = Verifier(new Resolver((_, _) => [key]), Tenants);

        (await verifier.VerifyAsync(Token(Forge.Claim("aud", "\"billing\"")), Cancellation)).Cause!.Reason.ShouldBe(RefusalReason.OtherAudience);
        (await verifier.VerifyAsync(Token(Forge.WithoutClaim("jti")), Cancellation)).Cause!.Reason.ShouldBe(RefusalReason.MissingClaim);
        confirmed.ShouldBe(0);
        (await verifier.VerifyAsync(Token(Forge), Cancellation)).IsValid.ShouldBeTrue();
        confirmed.ShouldBe(1);
        (await Verifier(new Resolver((_, call) => call == 1 ? [key] : []), Tenants).VerifyAsync(Token(Forge), Cancellation)).IsValid.ShouldBeFalse();
        confirmed.ShouldBe(1);
    }

    [Fact]
    public async Task A_trusted_app_is_the_caller_only_if_tenants_are_disabled()
    {
        var app = Forge.Claim("sub", "\"app:acme\"").Claim("client_id", "\"acme\"");
        var key = Derived("a");

        var result = await Verifier(new Resolver((_, _) => [Shared])).VerifyAsync(app.Token, Cancellation);
        result.App.ShouldBe("app:acme");
        result.Identity!.FindFirst("sub")!.Value.ShouldBe("app:acme");
        var ofTenant = AlgorithmRows.Signed(app.HeaderMember("kid", $"\"{key.KeyId}\"").Claim("tenant", "\"a\""), bytes => HMACSHA256.HashData(key.Secret.Bytes, bytes));
        (await Verifier(new Resolver((_, _) => [key]), Tenants).VerifyAsync(ofTenant, Cancellation)).App.ShouldBeNull();
    }

    [Fact]
    public async Task A_token_of_another_namespace_in_the_process_is_logged_as_OtherNamespace()
    {
        await using var host = await TestService.StartAsync(null, configure: builder => builder.Services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users"));
        var token = await host.Services.GetRequiredKeyedService<IRewtTokens>("Users").CreateBearerAsync("inventory", cancellationToken: Cancellation);

        (await host.CallAsync(token).ChallengeAsync()).ShouldBe("Bearer");

        host.Log.Text.ShouldContain("(OtherNamespace). Its key belongs to another Rewt:Namespace of this process.");
    }

    [Fact]
    public void Refusals_are_limited_by_issuer_only_if_the_settings_contain_the_issuer()
    {
        var verifier = Verifier(new Resolver((_, _) => []), options => options.TrustedIssuers.Add("orders"));
        TokenRefusal Named(TokenForge forge) => verifier.Named(new(RefusalReason.Expired), verifier.Read(forge.Token));

        (Named(Forge).Issuer, Named(Forge).NamedIssuer).ShouldBe(("orders", "orders"));
        var other = Forge.Claim("iss", "\"billing\"");
        (Named(other).Issuer, Named(other).NamedIssuer).ShouldBe(("billing", null));
        verifier.KeysInMemory(TokenClaims.TryRead(Forge.Token)!, Known.KeyId, default).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(89, true)]
    [InlineData(90, false)]
    public void A_verified_token_is_valid_until_its_expiry_plus_the_clock_skew(int seconds, bool isInTime) =>
        Verifier(new Resolver((_, _) => [])).IsInTime(TokenClaims.TryRead(Forge.Token)!, FixedClock.Now.AddSeconds(seconds)).ShouldBe(isInTime);

    private static TokenVerifier Verifier(Resolver resolver, Action<RewtOptions>? settings = null, TokenValidationParameters? rules = null)
    {
        var options = new RewtOptions { ServiceName = "inventory" };
        settings?.Invoke(options);
        return new TokenVerifier(new TokenPolicy(options, TokenTypes.Bearer, ["inventory"], rules) { TakesNamespace = true }, resolver, null, new FixedClock());
    }

    private static Action<RewtOptions> Requiring(params string[] claims) => options => options.RequiredClaims = claims;

    private static void NodeTokens(RewtOptions options) => options.AcceptNodeTokens = true;

    private static void Tenants(RewtOptions options) => options.Tenants.Enabled = true;

    private static void Configured(RewtOptions options) => options.VerificationKeys.Add("a file");

    private static TokenForge Kid(string keyId) => Forge.HeaderMember("kid", $"\"{keyId}\"");

    private static SecurityKey Owned(string issuer)
    {
        var key = PublicKey.From(JwkRows.P256);
        key.BelongTo(issuer);
        return key.SecurityKey;
    }

    private static string Es256(TokenForge forge) => AlgorithmRows.Signed(forge.HeaderMember("alg", "\"ES256\""), bytes => JwkRows.P256.SignData(bytes, HashAlgorithmName.SHA256));

    private static TenantSecurityKey Derived(string tenant, bool isConfirmed = true) => new((_, _) => new(isConfirmed), new("rewt", tenant), Known, default);

    private static string TenantToken(string key, string tenant, string? another = null)
    {
        var secret = Known.Derive(new("rewt", key), default);
        var forge = Kid(secret.KeyId.ToString()).Claim("tenant", $"\"{tenant}\"");
        return AlgorithmRows.Signed(another is null ? forge : forge.Claim(another, "\"x\""), bytes => HMACSHA256.HashData(secret.Bytes, bytes));
    }

    private static string? Text(object? value) => value is IEnumerable<string> texts ? string.Join(',', texts) : value?.ToString();

    private sealed record Row(string Token, RefusalReason Reason = RefusalReason.None, object? Received = null, object? Expected = null)
    {
        public SecurityKey[] Keys { get; init; } = [Shared];

        public Action<RewtOptions>? Settings { get; init; }
    }

    private sealed class Resolver(Func<RewtKeyRequest, int, IReadOnlyList<SecurityKey>?> resolve) : IIssuerSigningKeyResolver
    {
        public List<RewtKeyRequest> Requests { get; } = [];

        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
        {
            Requests.Add(request);
            return new(resolve(request, Requests.Count)!);
        }
    }
}
