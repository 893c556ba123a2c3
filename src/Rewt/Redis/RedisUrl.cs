using System.Globalization;
using System.Text.RegularExpressions;

namespace Rewt.Internal;

/// <summary>
/// Detects a <c>redis://</c> URL in a setting, and suggests the equivalent connection string for the error message. Without this check, the client
/// library would use the URL as a host name.
/// </summary>
internal static partial class RedisUrl
{
    private const string GeneralForm = "host:port,user=...,password=...,ssl=true";

    /// <returns>The equivalent connection string, without the user name and the password; <see langword="null"/> if the text is not a <c>redis://</c>
    /// URL.</returns>
    public static string? ConnectionStringFor(string text)
    {
        var addresses = text.Split(',').Where(part => !Option().IsMatch(part) && !part.TrimStart().StartsWith('!')).ToList();
        if (!addresses.Exists(address => address.Contains("://", StringComparison.Ordinal) || address.Contains('@', StringComparison.Ordinal))) return null;

        // A user name and password may contain any character, so they can be separated from the rest only at the last @ of a single address.
        var trimmed = text.Trim();
        var at = trimmed.LastIndexOf('@');
        if (trimmed.Contains(',') || (trimmed.IndexOf('?') is >= 0 and var query && query < at)) return GeneralForm;
        var server = Server().Match(at >= 0 ? trimmed[(at + 1)..] : Scheme().Replace(trimmed, string.Empty));
        if (!server.Success || KeyMaterial.IsLikely(server.Value)) return GeneralForm;

        var form = string.Create(CultureInfo.InvariantCulture, $"{server.Groups["host"].Value}:{(server.Groups["port"] is { Success: true } port ? port.Value : "6379")}");
        if (at >= 0) form += ",user=...,password=...";
        if (trimmed.StartsWith("rediss:", StringComparison.OrdinalIgnoreCase)) form += ",ssl=true";
        if (server.Groups["database"] is { Success: true } database) form += ",defaultDatabase=" + database.Value;
        return form;
    }

    [GeneratedRegex(@"^\s*\$?\w+\s*=", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Option();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*://", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?<port>[0-9]{1,5}))?(/(?<database>[0-9]{1,4})?)?(\?.*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Server();
}
