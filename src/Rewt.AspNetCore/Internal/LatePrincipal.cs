using System.Security.Claims;
using System.Security.Principal;

namespace Rewt.Internal;

/// <summary>
/// The user of one request, whose identity is copied when somebody looks at it or changes it. The platform reads a principal by its
/// virtual members alone, and each of them is here, so that nobody can tell it from one that was filled at once.
/// </summary>
internal sealed class LatePrincipal(ClaimsIdentity original) : ClaimsPrincipal
{
    private ClaimsPrincipal? _filled;

    public override IIdentity? Identity => Filled.Identity;

    public override IEnumerable<ClaimsIdentity> Identities => Filled.Identities;

    public override IEnumerable<Claim> Claims => Filled.Claims;

    private ClaimsPrincipal Filled => Volatile.Read(ref _filled) ?? Interlocked.CompareExchange(ref _filled, new ClaimsPrincipal(original.Clone()), null) ?? _filled;

    public override void AddIdentity(ClaimsIdentity identity) => Filled.AddIdentity(identity);

    public override void AddIdentities(IEnumerable<ClaimsIdentity> identities) => Filled.AddIdentities(identities);

    public override ClaimsPrincipal Clone() => Filled.Clone();

    public override IEnumerable<Claim> FindAll(Predicate<Claim> match) => Filled.FindAll(match);

    public override IEnumerable<Claim> FindAll(string type) => Filled.FindAll(type);

    public override Claim? FindFirst(Predicate<Claim> match) => Filled.FindFirst(match);

    public override Claim? FindFirst(string type) => Filled.FindFirst(type);

    public override bool HasClaim(Predicate<Claim> match) => Filled.HasClaim(match);

    public override bool HasClaim(string type, string value) => Filled.HasClaim(type, value);

    public override bool IsInRole(string role) => Filled.IsInRole(role);

    public override void WriteTo(BinaryWriter writer) => Filled.WriteTo(writer);
}
