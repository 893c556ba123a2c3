using System.Buffers;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Tells whether a name of a namespace, service or tenant, or an identifier in a token, contains only permitted characters and is not too long.
/// Settings and tokens are checked with it, so that names are safe in a Redis key, a header and a log line.
/// </summary>
internal static class Names
{
    public const int MaximumLength = 128;

    /// <summary>The longest identifier that other systems may choose. OpenID Connect allows 255 characters for a subject.</summary>
    public const int MaximumForeignLength = 1024;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(Characters);
    private static readonly SearchValues<char> NamespaceCharacters = SearchValues.Create(Characters + ":");
    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create(Characters + " !#$%&'()*+,/:;<=>?@[]^`{|}~");

    public static bool IsName(string? value) => Is(value, NameCharacters);

    public static bool IsNamespace(string? value) => Is(value, NamespaceCharacters);

    /// <summary>Whether the value is printable ASCII without quotes and backslashes, as a key id or a user's name in an audit record must be.</summary>
    public static bool IsIdentifier(string value) => Is(value, IdentifierCharacters) && value[0] != ' ' && value[^1] != ' ';

    /// <summary>Whether the value, of any length, contains only characters that an identifier may contain.</summary>
    public static bool IsPrintable(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExcept(IdentifierCharacters);

    /// <summary>
    /// Whether the value may be an identifier that others choose: <c>sub</c>, <c>jti</c>, or the <c>iss</c> of another signer (StringOrURI, RFC 7519
    /// §2). It is any text without control characters and without marks that change how the text around it is displayed.
    /// </summary>
    public static bool IsForeignIdentifier(string value) =>
        value.Length is > 0 and <= MaximumForeignLength && (!value.AsSpan().ContainsAnyExcept(IdentifierCharacters) || !value.EnumerateRunes().Any(IsInvisible));

    /// <summary>Converts a value to an identifier: a backslash becomes a slash, and any other character that is not allowed a question mark.</summary>
    public static string ToIdentifier(string value)
    {
        var nearest = value.Trim().Select(character => character == '\\' ? '/' : IdentifierCharacters.Contains(character) ? character : '?');
        return new string([.. nearest.Take(MaximumLength)]).TrimEnd();
    }

    /// <summary>
    /// Whether the character is invisible and therefore not permitted. The two joiners are excepted, because ordinary words of some scripts contain
    /// them.
    /// </summary>
    private static bool IsInvisible(Rune character) => character.Value is not ('\u200c' or '\u200d') && UntrustedText.IsInterpreted(character);

    private static bool Is(string? value, SearchValues<char> allowed) =>
        value is { Length: > 0 and <= MaximumLength } && !value.AsSpan().ContainsAnyExcept(allowed);
}
