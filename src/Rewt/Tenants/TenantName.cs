namespace Rewt.Internal;

/// <summary>The name of a tenant and of its ring, which is <c>{namespace}:{tenant}</c>.</summary>
internal static class TenantName
{
    /// <summary>
    /// The claim that names the tenant. None of the registered claims (RFC 7519 §10.1) has this meaning. <c>tid</c> is used by other issuers, whose
    /// tokens could then be confused with tokens of this library.
    /// </summary>
    public const string Claim = "tenant";

    public static string RingOf(string @namespace, string tenant) => $"{@namespace}:{tenant}";

    /// <summary>Returns the tenant that a ring belongs to; <see langword="null"/> when it is not a ring of a tenant of the namespace.</summary>
    public static string? TenantOf(string @namespace, string ring) =>
        ring.Length > @namespace.Length + 1 && ring[@namespace.Length] == ':' && ring.StartsWith(@namespace, StringComparison.Ordinal)
            && ring[(@namespace.Length + 1)..] is var tenant && Names.IsName(tenant)
            ? tenant
            : null;

    /// <summary>Returns the name if it is valid.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static string Require(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return Names.IsName(tenant) ? tenant : throw new ArgumentException(
            $"A tenant name must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'; use an identifier for a tenant with another name.", nameof(tenant));
    }
}
