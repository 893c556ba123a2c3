namespace Rewt.Tests.Receiving;

/// <summary>A user and a ticket that are made when they are read are like those that were made at once.</summary>
public sealed class LatePrincipalTests
{
    private static readonly ClaimsIdentity Original = new([new Claim("iss", "orders"), new Claim("role", "writer"), new Claim("role", "reader")], "Rewt", "iss", "role");

    private static readonly IReadOnlyDictionary<string, Func<ClaimsPrincipal, object?>> Looks = new Dictionary<string, Func<ClaimsPrincipal, object?>>(StringComparer.Ordinal)
    {
        ["Identity"] = user => (user.Identity?.Name, user.Identity?.IsAuthenticated, user.Identity?.AuthenticationType),
        ["Claims"] = user => Text(user.Claims),
        ["FindAll"] = user => Text(user.FindAll("role")) + Text(user.FindAll(claim => claim.Value.StartsWith('w'))),
        ["FindFirst"] = user => (user.FindFirst("role")?.Value, user.FindFirst(claim => claim.Value == "reader")?.Value, user.FindFirst("nothing")),
        ["HasClaim"] = user => (user.HasClaim("role", "reader"), user.HasClaim("role", "admin"), user.HasClaim(claim => claim.Value == "orders")),
        ["IsInRole"] = user => (user.IsInRole("writer"), user.IsInRole("admin")),
        ["Clone"] = user => Text(user.Clone().Claims) + Text(new ClaimsPrincipal(user).Claims),
        ["AddIdentity"] = user =>
        {
            user.AddIdentity(new ClaimsIdentity([new Claim("more", "1")], "More"));
            return (Text(user.Claims), user.Identities.Count(), user.Identity?.Name);
        },
    };

    public static TheoryData<string> Names() => [.. Looks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_late_user_looks_like_one_that_was_made_at_once(string name) =>
        Looks[name](new LatePrincipal(Original)).ShouldBe(Looks[name](new ClaimsPrincipal(Original.Clone())));

    [Fact]
    public void Of_two_users_of_one_token_neither_sees_what_the_other_changes()
    {
        var (one, other) = (new LatePrincipal(Original), new LatePrincipal(Original));
        var identity = (ClaimsIdentity)one.Identity!;

        identity.AddClaim(new Claim("role", "admin"));
        identity.FindFirst("iss")!.Properties["note"] = "mine";

        Text(other.Claims).ShouldBe(Text(Original.Claims));
        other.FindFirst("iss")!.Properties.ShouldBeEmpty();
    }

    [Fact]
    public void A_late_ticket_has_its_times_and_its_token_and_a_copy_is_of_its_own()
    {
        var claims = new TokenClaims("orders", null, "1", ["inventory"], 1_767_268_800, 1_767_268_860, null, default);
        var properties = TicketProperties.Of(claims, "a.b.c");

        var copy = properties.Clone();
        copy.Items["mine"] = "yes";

        properties.Items.ContainsKey("mine").ShouldBeFalse();
        (properties.IssuedUtc, properties.ExpiresUtc).ShouldBe((DateTimeOffset.FromUnixTimeSeconds(1_767_268_800), DateTimeOffset.FromUnixTimeSeconds(1_767_268_860)));
        copy.GetTokenValue("access_token").ShouldBe("a.b.c");
    }

    private static string Text(IEnumerable<Claim> claims) => string.Join(';', claims.Select(claim => $"{claim.Type}={claim.Value}|{claim.ValueType}|{claim.Issuer}"));
}
