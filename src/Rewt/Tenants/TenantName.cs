namespace Rewt.Internal;

/// <summary>Checks that a text is a valid name of a tenant.</summary>
internal static class TenantName
{
    /// <summary>
    /// The claim that names the tenant. None of the registered claims (RFC 7519 §10.1) has this meaning. <c>tid</c> is used by other issuers, whose
    /// tokens could then be confused with tokens of this library.
    /// </summary>
    public const string Claim = "tenant";

    /// <summary>Returns the name if it is valid.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    public static string Require(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return Names.IsName(tenant) ? tenant : throw new ArgumentException(
            $"A tenant name must be 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'; use an identifier for a tenant with another name.", nameof(tenant));
    }
}
