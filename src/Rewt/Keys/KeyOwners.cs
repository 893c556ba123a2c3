using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Records the issuer to which a public key belongs. <see cref="TokenVerifier"/> refuses a token that is signed with the key but names another
/// issuer. The issuer is attached to the key object, so that the issuer is also known if a resolver of the application returns the key.
/// </summary>
internal static class KeyOwners
{
    private static readonly ConditionalWeakTable<SecurityKey, string> Owners = [];

    public static void Bind(SecurityKey key, string issuer) => Owners.AddOrUpdate(key, issuer);

    /// <summary>
    /// Returns the only issuer whose tokens the key verifies; <see langword="null"/> for a key that all issuers of a namespace share.
    /// </summary>
    public static string? Of(SecurityKey key) => Owners.TryGetValue(key, out var issuer) ? issuer : null;
}
