using Microsoft.Extensions.Configuration;

namespace Rewt.Internal;

/// <summary>
/// Finds a list that is in several configuration sources and is shorter in the later source. .NET merges lists entry by entry, so the last entries of
/// the earlier source stay in effect. For example, a service that only the earlier source lists would still be trusted.
/// </summary>
internal static class MergedListCheck
{
    /// <summary>
    /// Returns the error in a list, as the rest of a sentence that begins with the name of the setting; <see langword="null"/> if there is no error.
    /// </summary>
    public static string? Problem(IConfiguration? configuration, string path)
    {
        if (configuration is not IConfigurationRoot root) return null;

        var earlier = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? left = null;
        foreach (var source in root.Providers)
        {
            var entries = source.GetChildKeys([], path).ToHashSet(StringComparer.OrdinalIgnoreCase);
            // A single entry in the middle or at the end changes or extends the list; a list begins with the entry 0, and an empty one has a value of its own.
            var isWhole = entries.Count > 0 ? entries.Contains("0") : source.TryGet(path, out _);
            if (isWhole) left = earlier.Except(entries, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).FirstOrDefault();
            earlier.UnionWith(entries);
        }

        return left is null ? null : $" is in several configuration sources, and .NET merges lists entry by entry: entry {left} of the earlier source is still in force. Write all entries into one source, or as many into the later one.";
    }
}
