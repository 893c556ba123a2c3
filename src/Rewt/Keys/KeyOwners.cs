using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Remembers for a key object the issuer that owns it. The issuer is attached to the object, so that a custom resolver in between cannot lose it.
/// </summary>
internal static class KeyOwners
{
    private static readonly ConditionalWeakTable<SecurityKey, string> Owners = [];

    public static void Bind(SecurityKey key, string issuer) => Owners.AddOrUpdate(key, issuer);

    /// <summary>The one issuer whose tokens the key verifies; <see langword="null"/> for a key that all issuers of a namespace share.</summary>
    public static string? Of(SecurityKey key) => Owners.TryGetValue(key, out var issuer) ? issuer : null;
}
