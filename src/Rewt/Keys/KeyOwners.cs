using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Remembers which issuer a public key belongs to, so that <see cref="TokenVerifier"/> refuses a token that is signed with this key but names another
/// issuer. The issuer is attached to the key object, so that it is not lost when an application's own key resolver returns the key.
/// </summary>
internal static class KeyOwners
{
    private static readonly ConditionalWeakTable<SecurityKey, string> Owners = [];

    public static void Bind(SecurityKey key, string issuer) => Owners.AddOrUpdate(key, issuer);

    /// <summary>The one issuer whose tokens the key verifies; <see langword="null"/> for a key that all issuers of a namespace share.</summary>
    public static string? Of(SecurityKey key) => Owners.TryGetValue(key, out var issuer) ? issuer : null;
}
