namespace Rewt.Internal;

/// <summary>Checks that a text is a valid name of a tenant.</summary>
internal static class TenantName
{
    /// <summary>
    /// The name of the claim that names the tenant. No registered claim (RFC 7519 §10.1) has this meaning. The claim <c>tid</c> is not used, because
    /// other issuers use it, and their tokens could be confused with tokens of this library.
    /// </summary>
    public const string Claim = "tenant";

    /// <summary>Returns the name of a tenant, if it is valid.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static string Require(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return Names.IsName(tenant) ? tenant : throw new ArgumentException(
            $"A tenant name must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'; use an identifier for a tenant with another name.", nameof(tenant));
    }
}
