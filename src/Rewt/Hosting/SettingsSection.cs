using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Rewt.Internal;

/// <summary>
/// Reads the configuration section of <see cref="RewtOptions"/>. The framework's binder ignores unknown names and values of another shape, so that a
/// default silently remains in force. Here each is an error. An error names the setting and never repeats a value that may be a key.
/// </summary>
internal static partial class SettingsSection
{
    public const string Name = "Rewt";
    public const string Schemes = "Schemes";

    private const int MostUnknown = 10;
    private const string Empty = " is empty; set a value, or remove it for the default.";

    private static readonly PropertyInfo[] Properties = typeof(RewtOptions).GetProperties();

    /// <summary>Names in the main section that are not settings: the section of named schemes, and the key of <c>AddRewtApiKey</c>.</summary>
    private static readonly string[] Others = [Schemes, "ApiKey"];

    private static readonly string[] DurationFormats = [@"h\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.h\:mm\:ss", @"d\.h\:mm\:ss\.FFFFFFF"];

    /// <summary>The settings that are durations.</summary>
    public static IEnumerable<PropertyInfo> Durations => Properties.Where(property => property.PropertyType == typeof(TimeSpan));

    /// <summary>Returns the part of an error that suggests the known name that is nearest to an unknown one.</summary>
    public static string Suggestion(string unknown, IEnumerable<string> names)
    {
        var nearest = names.OrderBy(name => Distance(unknown, name)).FirstOrDefault();
        return nearest is not null && Distance(unknown, nearest) <= Math.Max(2, unknown.Length / 3) ? $"; did you mean {nearest}?" : ".";
    }

    /// <summary>Sets the properties that the section contains, and adds an error to the options for each setting that cannot be read.</summary>
    public static void Read(IConfiguration configuration, RewtOptions options)
    {
        var section = configuration as IConfigurationSection;
        var prefix = section is null ? string.Empty : section.Path + ":";
        if (!string.IsNullOrEmpty(section?.Value)) options.Problems.Add($"{section.Path} is one text, but it is a section with settings.");

        var unknown = new List<string>();
        foreach (var setting in configuration.GetChildren())
        {
            if (Array.Find(Properties, property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
            {
                if (Read(setting, property, prefix, options) is { } problem) options.Problems.Add($"{prefix}{property.Name}{problem}");
            }
            else if (!Name.Equals(section?.Path, StringComparison.OrdinalIgnoreCase) || !Others.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                unknown.Add(setting.Key);
            }
        }

        var names = Properties.Where(IsReadable).Select(property => property.Name);
        options.Problems.AddRange(unknown.Take(MostUnknown).Select(key => $"{prefix}{Plain(key)} is not a setting{Suggestion(key, names)}"));
        if (unknown.Count > MostUnknown) options.Problems.Add($"{section?.Path ?? "The configuration"} has {unknown.Count - MostUnknown} more names that are not settings; give the section of Rewt itself.");
    }

    /// <summary>Adds an error for each section of a scheme that is not registered, which would be settings without an effect.</summary>
    public static void CheckSchemes(IConfigurationSection section, IEnumerable<string> registered, RewtOptions options)
    {
        var schemes = section.GetSection(Schemes);
        if (!string.IsNullOrEmpty(schemes.Value)) options.Problems.Add($"{schemes.Path} is one text, but it is a section with a section for each scheme.");
        options.Problems.AddRange(schemes.GetChildren().Select(scheme => scheme.Key).Except(registered, StringComparer.OrdinalIgnoreCase)
            .Select(name => $"{schemes.Path}:{Plain(name)} is for a scheme that is not registered{Suggestion(name, registered.Where(other => other.Length > 0))}"));
    }

    private static bool IsReadable(PropertyInfo property) => property.PropertyType == typeof(IList<string>) || IsScalar(property.PropertyType);

    private static bool IsScalar(Type type) => type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(TimeSpan) || Enumeration(type) is not null;

    private static Type? Enumeration(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } enumeration ? enumeration : null;

    /// <summary>Returns a name from the configuration for a message.</summary>
    public static string Plain(string key) => KeyMaterial.Shown(key) is ['\'', .. var plain, '\''] ? plain : $"({KeyMaterial.Shown(key)})";

    /// <summary>Sets a property. An error is the rest of a sentence that begins with the name of the setting.</summary>
    private static string? Read(IConfigurationSection setting, PropertyInfo property, string prefix, RewtOptions options)
    {
        if (!IsReadable(property))
        {
            var instead = property.Name == nameof(RewtOptions.SigningCertificate) ? nameof(RewtOptions.SigningKeyFile) : nameof(RewtOptions.Redis);
            return $" can be set in code only; in the configuration, set {prefix}{instead}.";
        }

        var entries = setting.GetChildren().ToList();
        var problem = property.PropertyType == typeof(IList<string>) ? ProblemOfList(setting, prefix + property.Name)
            : ProblemOfValue(setting);
        if (problem is not null) return problem;

        object? value = property.PropertyType == typeof(IList<string>) ? entries.ConvertAll(entry => entry.Value!) : Parse(setting.Value!, property.PropertyType, out problem);
        if (problem is null) property.SetValue(options, value);
        return problem;
    }

    /// <summary>Returns what is wrong with a setting that must have one value, as the rest of a sentence that begins with the name of the setting.</summary>
    public static string? ProblemOfValue(IConfigurationSection setting)
    {
        if (setting.GetChildren().Any()) return " is a list or a section, but one value is expected.";
        return string.IsNullOrWhiteSpace(setting.Value) ? Empty : null;
    }

    /// <summary>Returns what is wrong with a list of texts, as the rest of a sentence that begins with the name of the setting.</summary>
    public static string? ProblemOfList(IConfigurationSection setting, string path)
    {
        var entries = setting.GetChildren().ToList();
        if (entries.Count == 0 && string.IsNullOrWhiteSpace(setting.Value)) return Empty;
        if (!string.IsNullOrEmpty(setting.Value))
        {
            return $" is one text, but it is a list: name its first entry {path}:0, or {path.Replace(":", "__", StringComparison.Ordinal)}__0 as an environment variable.";
        }

        if (entries.Exists(entry => !entry.Key.All(char.IsAsciiDigit))) return " is a section, but it is a list, whose entries are numbered from 0.";
        return entries.Find(entry => entry.GetChildren().Any() || string.IsNullOrWhiteSpace(entry.Value)) is { } bad
            ? $":{bad.Key} is {(bad.GetChildren().Any() ? "not a text" : "empty")}."
            : null;
    }

    private static object? Parse(string text, Type type, out string? problem)
    {
        problem = null;
        if (type == typeof(string)) return text;

        text = text.Trim();
        if (type == typeof(TimeSpan)) return ParseDuration(text, out problem);
        if (type == typeof(bool) && bool.TryParse(text, out var isSet)) return isSet;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        if (Enumeration(type) is not { } enumeration)
        {
            problem = type == typeof(bool) ? " must be true or false." : " must be a whole number.";
            return null;
        }

        var name = Array.Find(Enum.GetNames(enumeration), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name is not null) return Enum.Parse(enumeration, name);
        problem = $" must be {string.Join(" or ", Enum.GetNames(enumeration))}.";
        return null;
    }

    /// <summary>Parses a duration. .NET reads a number alone, and hours from 24 on, as days; neither is what its author meant.</summary>
    private static TimeSpan ParseDuration(string text, out string? problem)
    {
        problem = null;
        if (TimeSpan.TryParseExact(text, DurationFormats, CultureInfo.InvariantCulture, out var duration)) return duration;

        problem = " is not a duration; write hh:mm:ss, or d.hh:mm:ss from 24 hours on, for example 00:05:00.";
        if (Number().IsMatch(text))
        {
            var number = int.Parse(text, CultureInfo.InvariantCulture);
            problem = $" is a number without a unit; write {TimeSpan.FromSeconds(number):c} for {number} seconds, or {number}.00:00:00 for {number} days.";
        }
        else if (Hours().Match(text) is { Success: true } match)
        {
            var hours = int.Parse(match.Groups["hours"].Value, CultureInfo.InvariantCulture);
            problem = $" has {hours} hours, which .NET reads as days; write {hours / 24}.{hours % 24:00}{match.Groups["rest"].Value}.";
        }

        return default;
    }

    /// <summary>The number of letters to insert, remove or replace (Levenshtein), without regard to case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (diagonal, previous) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var isSame = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                previous = Math.Min(Math.Min(row[j], previous) + 1, diagonal + (isSame ? 0 : 1));
                (diagonal, row[j]) = (row[j], previous);
            }
        }

        return row[^1];
    }

    [GeneratedRegex(@"^\d{1,8}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^(?<hours>\d{2,4})(?<rest>:[0-5]\d:[0-5]\d)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hours();
}
