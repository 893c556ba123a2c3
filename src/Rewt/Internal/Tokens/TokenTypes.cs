namespace Rewt.Internal;

/// <summary>Explicit typing (RFC 8725 §3.11): a token made for one use is refused by every other.</summary>
internal static class TokenTypes
{
    public const string Bearer = "rewt+jwt";

    public const string Data = "rewt-data+jwt";

    /// <summary>What Node's jsonwebtoken writes.</summary>
    public const string Node = "JWT";
}
