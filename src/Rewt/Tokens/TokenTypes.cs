namespace Rewt.Internal;

/// <summary>
/// The values of the header <c>typ</c> for bearer tokens and for signed data (explicit typing, RFC 8725 §3.11). A token of one type is refused where
/// the other type is expected.
/// </summary>
internal static class TokenTypes
{
    public const string Bearer = "rewt+jwt";

    public const string Data = "rewt-data+jwt";

    /// <summary>
    /// Returns whether a bearer token from another library may have this type. The type can be a bearer type, or no specific type (RFC 7519 §5.1, RFC
    /// 9068 §2.1).
    /// </summary>
    public static bool IsForeignBearer(string? type) =>
        type is null || type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type that the Node module <c>jsonwebtoken</c> writes.</summary>
    public const string Node = "JWT";
}
