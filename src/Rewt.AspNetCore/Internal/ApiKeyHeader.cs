using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>The API key of a request: in one header, once, and never in the query.</summary>
/// <param name="IsPresent">A key was shown, if a bad one.</param>
/// <param name="Key">The key; <see langword="null"/> when it was shown twice or is empty.</param>
internal readonly record struct ApiKeyHeader(bool IsPresent, string? Key)
{
    private const string Scheme = "ApiKey";

    public static ApiKeyHeader Read(IHeaderDictionary headers, string? headerName)
    {
        string? found = null;
        var count = 0;
        foreach (var value in headers.Authorization)
        {
            if (value is null || !IsOfScheme(value)) continue;
            count++;
            found = value.AsSpan(Scheme.Length).Trim(' ').ToString();
        }

        // Beside a key, a second Authorization header is one too many, whatever it holds.
        if (count > 0) count = headers.Authorization.Count;
        if (headerName is not null && headers.TryGetValue(headerName, out var own))
        {
            count += own.Count;
            found ??= own.ToString();
        }

        return new ApiKeyHeader(count > 0, count == 1 && found is { Length: > 0 } ? found : null);
    }

    /// <summary>Says whether there is a key and never shows it.</summary>
    public override string ToString() => IsPresent ? "an API key" : "no API key";

    private static bool IsOfScheme(string value) =>
        value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');
}
