using System.Buffers;

namespace Rewt.Internal;

/// <summary>
/// Checks whether the name, owner, audiences and scopes of a trusted app are within their limits. The check runs before each write. The check also
/// runs after each read, because other clients of Redis can write an app too.
/// </summary>
internal static class AppLimits
{
    private const int LongestText = 200;
    private const int MostAudiences = 32;
    private const int MostScopes = 64;

    /// <summary>The characters that a scope may contain (RFC 6749 §3.3).</summary>
    private static readonly SearchValues<char> ScopeCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Except(['"', '\\'])]);

    /// <summary>Returns a sentence about the first value that is outside its limits; <see langword="null"/> if there is none.</summary>
    public static string? Problem(string? name, string? owner, IReadOnlyList<string>? audiences, IReadOnlyList<string>? scopes)
    {
        if (name is not { Length: <= LongestText } || owner is not { Length: <= LongestText }) return $"Name and Owner must be at most {LongestText} characters.";
        if (audiences is not { Count: > 0 and <= MostAudiences }) return $"Audiences must contain 1 to {MostAudiences} services that accept the app.";
        if (!audiences.All(Names.IsName)) return $"Audiences must be service names: 1 to {Names.MaximumLength} letters, digits, '.', '_' or '-'.";
        if (scopes is not { Count: <= MostScopes }) return $"Scopes must contain at most {MostScopes} scopes.";
        return scopes.All(scope => scope is { Length: > 0 and <= 128 } && !scope.AsSpan().ContainsAnyExcept(ScopeCharacters))
            ? null
            : "Scopes must each be 1 to 128 printable ASCII characters without spaces, quotes and backslashes.";
    }
}
