using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// The API key of a request, read from <c>Authorization: ApiKey …</c> or from the header that the options name, never from the query string. A
/// request with more than one key yields no key, so it is refused.
/// </summary>
/// <param name="IsPresent">Whether the request has a key, valid or not.</param>
/// <param name="Key">The key; <see langword="null"/> if it is empty or was sent more than once.</param>
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

        // If one Authorization header has a key, a second Authorization header of any kind makes the request ambiguous.
        if (count > 0) count = headers.Authorization.Count;
        if (headerName is not null && headers.TryGetValue(headerName, out var own))
        {
            count += own.Count;
            found ??= own.ToString();
        }

        return new ApiKeyHeader(count > 0, count == 1 && found is { Length: > 0 } ? found : null);
    }

    /// <summary>Whether an Authorization header has an API key.</summary>
    public static bool IsOfScheme(string value) =>
        value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');

    /// <summary>Returns whether there is a key; the key is never included.</summary>
    public override string ToString() => IsPresent ? "an API key" : "no API key";
}
