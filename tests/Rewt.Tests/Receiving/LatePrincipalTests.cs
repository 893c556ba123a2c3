using System.Reflection;
using System.Security.Claims;
using Rewt.Internal;

namespace Rewt.Tests.Receiving;

/// <summary>A user whose identity is made when somebody looks is like one whose identity was made at once.</summary>
public sealed class LatePrincipalTests
{
    private static readonly ClaimsIdentity Original = new(
        [new Claim("iss", "orders"), new Claim("role", "writer"), new Claim("role", "reader"), new Claim("userId", "u-42", ClaimValueTypes.String, "orders")], "Rewt", "iss", "role");

    private static readonly IReadOnlyDictionary<string, Func<ClaimsPrincipal, object?>> Looks = new Dictionary<string, Func<ClaimsPrincipal, object?>>(StringComparer.Ordinal)
    {
        ["Identity"] = user => (user.Identity?.Name, user.Identity?.IsAuthenticated, user.Identity?.AuthenticationType),
        ["Identities"] = user => Text(user.Identities.SelectMany(identity => identity.Claims)),
        ["Claims"] = user => Text(user.Claims),
        ["FindAll of a type"] = user => Text(user.FindAll("role")),
        ["FindAll of a rule"] = user => Text(user.FindAll(claim => claim.Value.StartsWith('w'))),
        ["FindFirst of a type"] = user => user.FindFirst("role")?.Value,
        ["FindFirst of a rule"] = user => user.FindFirst(claim => claim.Value == "reader")?.Value,
        ["FindFirst of none"] = user => user.FindFirst("nothing"),
        ["FindFirstValue"] = user => user.FindFirstValue("userId"),
        ["HasClaim of a type"] = user => (user.HasClaim("role", "reader"), user.HasClaim("role", "admin")),
        ["HasClaim of a rule"] = user => user.HasClaim(claim => claim.Issuer == "orders"),
        ["IsInRole"] = user => (user.IsInRole("writer"), user.IsInRole("admin")),
        ["Clone"] = user => Text(user.Clone().Claims),
        ["WriteTo"] = user => Convert.ToHexString(Written(user)),
        ["a principal made of it"] = user => Text(new ClaimsPrincipal(user).Claims),
        ["a principal made of its identity"] = user => Text(new ClaimsPrincipal(user.Identity!).Claims),
        ["an identity made of its identity"] = user => Text(new ClaimsIdentity(user.Identity).Claims),
        ["an identity made of its identity, with another type"] = user => Text(new ClaimsIdentity(user.Identity, [], "Other", null, null).Claims),
        ["AddIdentity"] = user =>
        {
            user.AddIdentity(new ClaimsIdentity([new Claim("more", "1")], "More"));
            return (Text(user.Claims), user.Identities.Count(), user.Identity?.Name);
        },
        ["AddIdentities"] = user =>
        {
            user.AddIdentities([new ClaimsIdentity([new Claim("more", "1")]), new ClaimsIdentity([new Claim("more", "2")])]);
            return (Text(user.Claims), user.Identities.Count(), user.Identity?.Name);
        },
        ["a claim that is added"] = user =>
        {
            ((ClaimsIdentity)user.Identity!).AddClaim(new Claim("more", "1"));
            return (Text(user.Claims), user.IsInRole("writer"));
        },
        ["whose claims they are"] = user => user.Claims.All(claim => ReferenceEquals(claim.Subject, user.Identity)),
    };

    public static TheoryData<string> Names() => [.. Looks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_looks_the_same_from_every_side(string name) => Looks[name](new LatePrincipal(Original)).ShouldBe(Looks[name](new ClaimsPrincipal(Original.Clone())));

    [Fact]
    public void No_member_by_which_a_principal_is_read_or_changed_is_the_platforms()
    {
        var members = typeof(ClaimsPrincipal).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);

        members.ShouldAllBe(member => member.IsVirtual, "what is not virtual cannot be late");
        members.Select(member => typeof(LatePrincipal).GetMethod(member.Name, [.. member.GetParameters().Select(parameter => parameter.ParameterType)])!.DeclaringType)
            .ShouldAllBe(type => type == typeof(LatePrincipal));
    }

    [Fact]
    public void Of_two_users_of_one_token_neither_sees_what_the_other_changes()
    {
        var (one, other) = (new LatePrincipal(Original), new LatePrincipal(Original));
        var identity = (ClaimsIdentity)one.Identity!;
        identity.AddClaim(new Claim("role", "admin"));
        identity.RemoveClaim(identity.FindFirst("userId"));
        identity.FindFirst("iss")!.Properties["note"] = "mine";
        identity.Label = "mine";

        Text(other.Claims).ShouldBe(Text(Original.Claims));
        other.FindFirst("iss")!.Properties.ShouldBeEmpty();
        ((ClaimsIdentity)other.Identity!).Label.ShouldBeNull();
    }

    [Fact]
    public void However_many_look_at_once_see_one_identity()
    {
        for (var round = 0; round < 100; round++)
        {
            var user = new LatePrincipal(Original);
            var seen = new ClaimsIdentity[4];

            Together.Do(seen.Length, number => seen[number] = (ClaimsIdentity)user.Identity!);

            seen.ShouldAllBe(identity => ReferenceEquals(identity, user.Identity));
        }
    }

    private static string Text(IEnumerable<Claim> claims) => string.Join(';', claims.Select(claim => $"{claim.Type}={claim.Value}|{claim.ValueType}|{claim.Issuer}"));

    private static byte[] Written(ClaimsPrincipal user)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream)) user.WriteTo(writer);
        return stream.ToArray();
    }
}
