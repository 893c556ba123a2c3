using Microsoft.AspNetCore.Http;

namespace Rewt.Internal;

/// <summary>
/// The API key of a request, from <c>Authorization: ApiKey …</c> or from the header <see cref="RewtApiKeyOptions.HeaderName"/>. A key in the query
/// string is ignored. A request with more than one key is refused.
/// </summary>
/// <param name="IsPresent">Whether the request contains a key, even if the key is invalid.</param>
/// <param name="Key">The API key; <see langword="null"/> if the key is empty, or if the request contains several keys.</param>
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

    /// <summary>Returns whether the value of an <c>Authorization</c> header uses the scheme <c>ApiKey</c>.</summary>
    public static bool IsOfScheme(string value) =>
        value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');

    /// <summary>Returns a text that says whether the request contains a key, without the key.</summary>
    public override string ToString() => IsPresent ? "an API key" : "no API key";
}
