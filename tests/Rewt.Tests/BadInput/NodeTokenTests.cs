namespace Rewt.Tests.BadInput;

/// <summary>Verifies that <c>AcceptNodeTokens</c> accepts the tokens of Node's rewt and no other additional tokens.</summary>
public sealed class NodeTokenTests : WithServices
{
    private static readonly TokenForge Node = new TokenForge(FixedClock.Now.ToUnixTimeSeconds())
        .WithoutHeaderMember("kid").HeaderMember("typ", "\"JWT\"").WithoutClaim("iss").WithoutClaim("aud").WithoutClaim("exp").WithoutClaim("jti");

    private static readonly IReadOnlyDictionary<string, (bool IsGood, Func<string> Make)> Rows = new Dictionary<string, (bool, Func<string>)>(StringComparer.Ordinal)
    {
        ["as Node's rewt signs it"] = (true, () => Node.Token),
        ["without typ"] = (true, () => Node.WithoutHeaderMember("typ").Token),
        ["of the maximum age"] = (true, () => Node.Claim("iat", Node.Now - 299).Token),
        ["of Rewt"] = (true, () => new TokenForge(Node.Now).Token),
        ["alg none"] = (false, () => $"{Node.HeaderMember("alg", "\"none\"").Header}.{Node.Claims}."),
        ["HS512"] = (false, () => AlgorithmRows.Signed(Node.HeaderMember("alg", "\"HS512\""), bytes => HMACSHA512.HashData(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), bytes))),
        ["signed with another secret"] = (false, () => AlgorithmRows.Signed(Node, bytes => HMACSHA256.HashData("a secret of another fleet, long enough"u8, bytes))),
        ["with a kid, even of the current key"] = (false, () => Node.HeaderMember("kid", $"\"{TokenForge.GoodKeyId}\"").Token),
        ["with an empty kid"] = (false, () => Node.HeaderMember("kid", "\"\"").Token),
        ["of Rewt without its kid"] = (false, () => new TokenForge(Node.Now).WithoutHeaderMember("kid").Token),
        ["signed data of Rewt without its kid"] = (false, () => Node.HeaderMember("typ", "\"rewt-data+jwt\"").Token),
        ["of another typ"] = (false, () => Node.HeaderMember("typ", "\"at+jwt\"").Token),
        ["with crit"] = (false, () => Node.HeaderMember("crit", "[\"exp\"]").Token),
        ["with jwk"] = (false, () => Node.HeaderMember("jwk", "{}").Token),
        ["without iat"] = (false, () => Node.WithoutClaim("iat").Token),
        ["iat as text"] = (false, () => Node.Claim("iat", "\"1767268800\"").Token),
        ["too old"] = (false, () => Node.Claim("iat", Node.Now - 300).Token),
        ["from the future"] = (false, () => Node.Claim("iat", Node.Now + 31).Token),
        ["too long-lived"] = (false, () => Node.Claim("exp", Node.Now + 301).Token),
        ["expired"] = (false, () => Node.Claim("iat", Node.Now - 100).Claim("exp", Node.Now - 30).Token),
        ["for another service"] = (false, () => Node.Claim("aud", "\"billing\"").Token),
        ["with a hostile issuer"] = (false, () => Node.Claim("iss", "\"a\\r\\nb\"").Token),
        ["with a hostile subject"] = (false, () => Node.Claim("sub", "\"a\\r\\nb\"").Token),
        ["a duplicate claim"] = (false, () => Node.AppendClaim("iat", "1767268800").Token),
        ["four parts"] = (false, () => Node.Token + ".x"),
    };

    private TestService _host = null!;

    public static TheoryData<string> Names() => [.. Rows.Keys];

    public override async ValueTask InitializeAsync() => _host = await DisposeAfterTestAsync(TestService.StartAsync(
        null,
        settings: options =>
        {
            options.AcceptNodeTokens = true;
            options.RefreshInterval = TimeSpan.FromHours(1);
        },
        configure: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(new FixedClock());
            builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new KnownSecretStoreFactory(new FixedClock())));
        }));

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task AcceptNodeTokens_adds_only_the_tokens_of_the_Node_package_rewt(string name)
    {
        var (isGood, make) = Rows[name];
        var token = make();

        (await _host.CallAsync(token, "/secure").StatusAsync()).ShouldBe(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        (await _host.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBe(isGood);
    }
}
