using System.Buffers;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Validates the names of namespaces, services and tenants, and the identifiers in tokens. A valid name contains only permitted characters and is not
/// too long. Names in settings and tokens are checked, so that they are safe in a Redis key, a header and a log line.
/// </summary>
internal static class Names
{
    public const int MaximumLength = 128;

    /// <summary>
    /// The maximum length of an identifier that another system chose. The limit is far above the 255 characters that OpenID Connect permits for a
    /// subject.
    /// </summary>
    public const int MaximumForeignLength = 1024;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(Characters);
    private static readonly SearchValues<char> NamespaceCharacters = SearchValues.Create(Characters + ":");
    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create(Characters + " !#$%&'()*+,/:;<=>?@[]^`{|}~");

    /// <summary>Returns the first names as a text. If there are more than <paramref name="most"/> names, the text ends with the number of the others.</summary>
    public static string List(IReadOnlyCollection<string> names, int most) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : string.Empty);

    public static bool IsName(string? value) => Is(value, NameCharacters);

    public static bool IsNamespace(string? value) => Is(value, NamespaceCharacters);

    /// <summary>
    /// Returns whether a value is an identifier: printable ASCII without double quotes and backslashes. Key ids and the names of users in audit
    /// records must be identifiers.
    /// </summary>
    public static bool IsIdentifier(string value) => Is(value, IdentifierCharacters) && value[0] != ' ' && value[^1] != ' ';

    /// <summary>Returns whether a value contains only the characters of an identifier. The length of the value is not limited.</summary>
    public static bool IsPrintable(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExcept(IdentifierCharacters);

    /// <summary>
    /// Returns whether a value is permitted as an identifier that another system chose: <c>sub</c>, <c>jti</c>, or the <c>iss</c> of another signer
    /// (StringOrURI, RFC 7519 §2). Any text is permitted, except text with control characters or with invisible characters that change how other text
    /// is displayed.
    /// </summary>
    public static bool IsForeignIdentifier(string value) =>
        value.Length is > 0 and <= MaximumForeignLength && (!value.AsSpan().ContainsAnyExcept(IdentifierCharacters) || !value.EnumerateRunes().Any(IsInvisible));

    /// <summary>
    /// Converts a value to an identifier. A backslash becomes a slash. Any other character that is not permitted becomes a question mark.
    /// </summary>
    public static string ToIdentifier(string value)
    {
        var nearest = value.Trim().Select(character => character == '\\' ? '/' : IdentifierCharacters.Contains(character) ? character : '?');
        return new string([.. nearest.Take(MaximumLength)]).TrimEnd();
    }

    /// <summary>
    /// Returns whether a character is invisible and therefore not permitted. The zero-width joiner and non-joiner are permitted, because ordinary
    /// words of some scripts contain them.
    /// </summary>
    private static bool IsInvisible(Rune character) => character.Value is not ('\u200c' or '\u200d') && UntrustedText.IsInterpreted(character);

    private static bool Is(string? value, SearchValues<char> allowed) =>
        value is { Length: > 0 and <= MaximumLength } && !value.AsSpan().ContainsAnyExcept(allowed);
}
