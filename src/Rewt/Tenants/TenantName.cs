namespace Rewt.Internal;

/// <summary>The name of a tenant, and of its keys for a resolver: <c>{namespace}/{tenant}</c>. No namespace contains a slash.</summary>
internal static class TenantName
{
    /// <summary>
    /// The claim that names the tenant. None of the registered claims (RFC 7519 §10.1) has this meaning. <c>tid</c> is used by other issuers, whose
    /// tokens could then be confused with tokens of this library.
    /// </summary>
    public const string Claim = "tenant";

    public static string RingOf(string @namespace, string tenant) => $"{@namespace}/{tenant}";

    /// <summary>Splits the output of <see cref="RingOf"/>; the tenant is <see langword="null"/> for the keys of a namespace.</summary>
    public static (string Namespace, string? Tenant) Split(string ring) =>
        ring.LastIndexOf('/') is >= 0 and var slash ? (ring[..slash], ring[(slash + 1)..]) : (ring, null);

    /// <summary>Returns the name if it is valid.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static string Require(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return Names.IsName(tenant) ? tenant : throw new ArgumentException(
            $"A tenant name must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'; use an identifier for a tenant with another name.", nameof(tenant));
    }
}
