namespace Rewt.Internal;

/// <summary>
/// The values of the header <c>typ</c>, one for bearer tokens and one for signed data (explicit typing, RFC 8725 §3.11): a token of one type is
/// refused where the other is expected.
/// </summary>
internal static class TokenTypes
{
    public const string Bearer = "rewt+jwt";

    public const string Data = "rewt-data+jwt";

    /// <summary>Whether a token of another issuer is typed as a bearer token, or has no specific type (RFC 7519 §5.1, RFC 9068 §2.1).</summary>
    public static bool IsForeignBearer(string? type) =>
        type is null || type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type that Node's jsonwebtoken writes.</summary>
    public const string Node = "JWT";
}
