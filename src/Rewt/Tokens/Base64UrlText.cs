using System.Buffers;

namespace Rewt.Internal;

/// <summary>Determines whether a text consists only of base64url characters (RFC 4648 §5).</summary>
internal static class Base64UrlText
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);
}
