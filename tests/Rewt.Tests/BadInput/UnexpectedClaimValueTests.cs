using Rewt.Tests.Receiving;

namespace Rewt.Tests.BadInput;

/// <summary>Verifies that known claims with unexpected values, in correctly signed tokens, cause no server error.</summary>
public sealed class UnexpectedClaimValueTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    private static readonly string[] Claims =
    [
        "azp", "actort", "act", "acr", "amr", "auth_time", "nonce", "at_hash", "c_hash", "sid", "typ", "zip", "cty", "kid", "alg", "x5t", "scope", "scp", "client_id",
        "role", "roles", "name", "unique_name", "email", "birthdate", "updated_at", "website", "tenant", "cnf", "userId", "", " ", "http://schemas.xmlsoap.org/ws/2009/09/identity/claims/actor", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    ];

    private static readonly string[] Values =
    [
        "true", "false", "null", "0", "-1", "1.5", "1e400", "-1e400", "99999999999999999999999999", "\"\"", "\" \"", "\"a.b.c\"", "\"e30.e30.\"", "\"e30.e30.e30\"", "\"2026-01-01T00:00:00Z\"",
        "\"9999-99-99T99:99:99Z\"", "[]", "[[]]", "[null]", "[1,\"a\",true,null,{}]", "{}", "{\"a\":1}", "{\"\":null}", "\"\\u0000\"", "\"é\"",
    ];

    public static TheoryData<string> Names() => [.. Claims];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_unexpected_value_of_a_claim_causes_no_server_error(string name)
    {
        foreach (var value in Values)
        {
            var forge = service.Forge;
            var token = forge.Claim(name, value).Token;

            for (var attempt = 0; attempt < 3; attempt++)
            {
                using var response = await service.CallAsync(token);
                response.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Unauthorized], $"{name}: {value}");
            }

            await service.Host.Tokens.VerifyBearerAsync(token, Cancellation);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unexpected_value_causes_no_server_error_with_TokenValidationParameters_of_the_application(bool isMapping)
    {
        await using var receiver = await Receiver.StartAsync(services => services.Configure<JwtBearerOptions>("Rewt", options =>
        {
            options.MapInboundClaims = isMapping;
            options.TokenValidationParameters.ValidIssuer = "orders";
            options.TokenValidationParameters.ValidateIssuer = true;
        }));

        foreach (var (name, value) in from name in Claims from value in Values select (name, value))
        {
            using var json = JsonDocument.Parse(value);
            using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { [name] = json.RootElement }));
            response.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Unauthorized], $"{name}: {value}");
        }
    }
}
