using System.Buffers;

namespace Rewt.Internal;

/// <summary>The characters that names may contain. All are safe in a Redis key, a header and a log line.</summary>
internal static class Names
{
    public const int MaximumLength = 128;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(Characters);
    private static readonly SearchValues<char> NamespaceCharacters = SearchValues.Create(Characters + ":");
    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create(Characters + " !#$%&'()*+,/:;<=>?@[]^`{|}~");

    public static bool IsName(string? value) => Is(value, NameCharacters);

    public static bool IsNamespace(string? value) => Is(value, NamespaceCharacters);

    /// <summary>
    /// Whether the value is printable ASCII without quotes and backslashes. Callers supply such values as <c>sub</c> or <c>jti</c>, and they appear
    /// in logs and headers.
    /// </summary>
    public static bool IsIdentifier(string value) => Is(value, IdentifierCharacters) && value[0] != ' ' && value[^1] != ' ';

    /// <summary>Whether the value, of any length, contains only characters that an identifier may contain.</summary>
    public static bool IsPrintable(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExcept(IdentifierCharacters);

    /// <summary>Converts a value to an identifier: a backslash becomes a slash, and any other character that is not allowed a question mark.</summary>
    public static string ToIdentifier(string value)
    {
        var nearest = value.Trim().Select(character => character == '\\' ? '/' : IdentifierCharacters.Contains(character) ? character : '?');
        return new string([.. nearest.Take(MaximumLength)]).TrimEnd();
    }

    private static bool Is(string? value, SearchValues<char> allowed) =>
        value is { Length: > 0 and <= MaximumLength } && !value.AsSpan().ContainsAnyExcept(allowed);
}
