using Microsoft.AspNetCore.Authorization;
using Rewt.Tests.PublicKeys;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests tokens of signers other than Rewt at a service that has their public keys.</summary>
public sealed class ForeignTokenTests : IAsyncLifetime
{
    private readonly ScratchDirectory _directory = new();
    private string _pem = "";

    public ValueTask InitializeAsync()
    {
        _pem = _directory.Write("auth.pem", JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("JWT", HttpStatusCode.OK)]
    [InlineData("jwt", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("at+jwt", HttpStatusCode.OK)]
    [InlineData("rewt-data+jwt", HttpStatusCode.Unauthorized)]
    [InlineData("dpop+jwt", HttpStatusCode.Unauthorized)]
    [InlineData("secevent+jwt", HttpStatusCode.Unauthorized)]
    public async Task A_foreign_token_must_have_the_type_of_a_bearer_token(string type, HttpStatusCode status)
    {
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem));

        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, ForeignToken.Claims("https://auth.example/", "inventory"), type))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_foreign_token_is_ignored_without_configured_verification_keys()
    {
        await using var service = await KeyService.StartAsync("inventory", ("SigningKey:File", _directory.Write("own.key", JwkRows.P256.ExportPkcs8PrivateKeyPem())));

        var (status, text) = await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("inventory", "inventory"), keyId: PublicKey.From(JwkRows.P256).KeyId.ToString()));

        status.ShouldBe(HttpStatusCode.Unauthorized);
        text.ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_foreign_token_with_a_key_id_is_verified_only_with_that_key()
    {
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem));
        var (rsa, ec) = (PublicKey.From(JwkRows.Rsa2048, "RS256").KeyId, PublicKey.From(JwkRows.P256).KeyId);
        var claims = ForeignToken.Claims("auth", "inventory");

        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, claims, keyId: ec.ToString()))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, claims, keyId: rsa.ToString()))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, claims, keyId: "another"))).Text.ShouldContain("stale_key");
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, claims, keyId: ""))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_foreign_token_with_an_unknown_key_or_another_algorithm_is_refused()
    {
        using var unknownKey = RSA.Create(2048);
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem));
        var claims = ForeignToken.Claims("auth", "inventory");
        var pem = Encoding.ASCII.GetBytes(JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem());
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).HeaderMember("typ", "\"JWT\"");

        (await service.AskAsync(ForeignToken.Sign(unknownKey, claims))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, claims, algorithm: "PS256"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, claims, algorithm: "none"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(AlgorithmRows.Signed(forge, bytes => HMACSHA256.HashData(pem, bytes)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("iat")]
    [InlineData("jti")]
    public async Task A_foreign_token_must_contain_all_required_claims_by_default(string missing)
    {
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem));
        var claims = ForeignToken.Claims("auth", "inventory");
        claims.Remove(missing);

        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, claims))).Status.ShouldBe(missing.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task RequiredClaims_determines_the_claims_that_a_foreign_token_must_contain()
    {
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem), ("RequiredClaims:0", "user_id"), ("RequiredClaims:1", "exp"));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, new { user_id = 777, exp = now + 60 }))).ShouldBe((HttpStatusCode.OK, $"user_id=777\nexp={now + 60}"));
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, new { user_id = 777 }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, new { exp = now + 60 }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, new { user_id = (string?)null, exp = now + 60 }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_trusted_foreign_issuer_may_be_a_long_address()
    {
        var issuer = $"https://auth.example/{new string('a', 200)}/Büro";
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", _pem), ("RequiredClaims:0", "user_id"), ("TrustedIssuers:0", issuer));

        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, new { user_id = 1, iss = issuer }))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, new { user_id = 1, iss = issuer + "x" }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_foreign_token_must_name_one_of_the_trusted_issuers()
    {
        await using var service = await KeyService.StartAsync(
            "inventory", ("VerificationKeys:0", _pem), ("RequiredClaims:0", "user_id"), ("TrustedIssuers:0", "https://auth.example/"));

        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, new { user_id = 1, iss = "https://auth.example/" }))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, new { user_id = 1, iss = "https://auth.example" }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, new { user_id = 1 }))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_foreign_signer_cannot_use_the_issuer_of_a_service_with_its_own_key()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var service = await KeyService.StartAsync(
            "inventory", ("VerificationKeys:0", _pem), ("SigningKey:File", _directory.Write("own.key", own.ExportPkcs8PrivateKeyPem())));
        var (ownId, foreignId) = (PublicKey.From(own).KeyId, PublicKey.From(JwkRows.P256).KeyId);

        (await service.AskAsync(await service.SignAsync("inventory"))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("auth", "inventory"), "rewt+jwt", foreignId.ToString()))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("inventory", "inventory"), "rewt+jwt", foreignId.ToString()))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("inventory", "inventory")))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(own, ForeignToken.Claims("auth", "inventory"), "rewt+jwt", ownId.ToString()))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_key_is_accepted_although_a_signer_of_another_scheme_uses_its_key_id()
    {
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var servers = new MultiServerDownload();
        servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256, KeyId.Parse("k1")));
        servers["b.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("k2")));
        await using var service = await KeyService.StartAsync(
            "inventory",
            [
                ("VerificationKeys:0", "https://a.example/jwks.json"), ("TrustedIssuers:0", "a"),
                ("Schemes:B:VerificationKeys:0", "https://b.example/jwks.json"), ("Schemes:B:TrustedIssuers:0", "b"),
            ],
            builder =>
            {
                builder.Services.AddSingleton<IKeyDownload>(servers);
                builder.Services.AddAuthentication().AddRewt("B", _ => { });
                builder.Services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder("Rewt", "B").RequireAuthenticatedUser().Build());
            },
            null);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("a", "inventory"), "rewt+jwt", "k1"))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, ForeignToken.Claims("b", "inventory"), "rewt+jwt", "k2"))).Status.ShouldBe(HttpStatusCode.OK);

        servers["a.example"].Content = ScriptedDownload.Set(PublicKey.From(JwkRows.P256, KeyId.Parse("k1")), PublicKey.From(second, KeyId.Parse("k2")));

        await Eventually.TrueAsync(
            async () => (await service.AskAsync(ForeignToken.Sign(second, ForeignToken.Claims("a", "inventory"), "rewt+jwt", "k2"))).Status == HttpStatusCode.OK,
            "the keys of a are fetched again");
        (await service.AskAsync(ForeignToken.Sign(JwkRows.Rsa2048, ForeignToken.Claims("b", "inventory"), "rewt+jwt", "k2"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Separate_schemes_isolate_signers_that_must_not_trust_each_other()
    {
        await using var service = await KeyService.StartAsync(
            "inventory",
            [("Schemes:Auth:VerificationKeys:0", _pem), ("Schemes:Auth:TrustedIssuers:0", "auth")],
            builder =>
            {
                builder.Services.AddRewtInMemoryKeys();
                builder.Services.AddAuthentication().AddRewt("Auth", _ => { });
                builder.Services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder("Rewt", "Auth").RequireAuthenticatedUser().Build());
            },
            null);
        var foreignId = PublicKey.From(JwkRows.P256).KeyId;

        (await service.AskAsync(await service.SignAsync("inventory"))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("auth", "inventory")))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("auth", "inventory"), "rewt+jwt", foreignId.ToString()))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("inventory", "inventory")))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.AskAsync(ForeignToken.Sign(JwkRows.P256, ForeignToken.Claims("orders", "inventory"), "rewt+jwt", foreignId.ToString()))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
