using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Rewt.Internal;

/// <summary>
/// Binds a configuration section to <see cref="RewtOptions"/>, and reports each unknown name and each value of a wrong form as an error. The
/// configuration binder of .NET is not used. If a name is unknown, or if a setting contains text in place of a list, that binder reports no error and
/// keeps the default value. That binder also reads the duration <c>5</c> as five days.
/// </summary>
/// <remarks>An error names the setting, and never contains a value that may be a key.</remarks>
internal static partial class SettingsSection
{
    public const string Name = "Rewt";
    public const string Schemes = "Schemes";

    private const int MostUnknown = 10;
    private const string Empty = " is empty; set a value, or remove it for the default.";

    /// <summary>
    /// The names in the section <c>Rewt</c> that are not settings of <see cref="RewtOptions"/>: the section of the named schemes, and the API key of
    /// <c>AddRewtApiKey</c>.
    /// </summary>
    private static readonly string[] Others = [Schemes, "ApiKey"];

    private static readonly string[] DurationFormats = [@"h\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.h\:mm\:ss", @"d\.h\:mm\:ss\.FFFFFFF"];

    /// <summary>Returns the part of an error message that suggests the known name which is most similar to an unknown name.</summary>
    public static string Suggestion(string unknown, IEnumerable<string> names) => Suggestion(unknown, names, Distance, string.Empty);

    private static string Suggestion(string unknown, IEnumerable<string> names, Func<string, string, int> distance, string prefix)
    {
        var nearest = names.MinBy(name => distance(unknown, name));
        return nearest is not null && distance(unknown, nearest) <= Math.Max(2, NameOf(unknown).Length / 3) ? $"; did you mean {prefix}{nearest}?" : ".";
    }

    /// <summary>Sets the properties that the section contains, and adds an error to the options for each setting that cannot be read.</summary>
    public static void Read(IConfiguration configuration, RewtOptions options)
    {
        var section = configuration as IConfigurationSection;
        var prefix = section is null ? string.Empty : section.Path + ":";
        if (ProblemOfSection(section) is { } problemOfSection) options.Problems.Add(problemOfSection);
        // Without its section, a service would have no TrustedIssuers and accept every issuer.
        if (section is not null && IsEmpty(section)) options.Problems.Add($"The configuration has no section {section.Path}, or the section is empty. Correct the name of the section, or register without a section if all settings are set in code.");

        var settings = Setting.Of(options).ToList();
        var unknown = new List<string>();
        ReadGroup(configuration, string.Empty);
        var names = settings.Where(setting => setting.IsReadable).Select(setting => setting.Path);
        options.Problems.AddRange(unknown.Take(MostUnknown).Select(path => $"{prefix}{Plain(path)} is not a setting{Suggestion(path, names, PathDistance, prefix)}"));
        if (unknown.Count > MostUnknown) options.Problems.Add($"{section?.Path ?? "The configuration"} has {unknown.Count - MostUnknown} more names that are not settings; give the section of Rewt itself.");

        void ReadGroup(IConfiguration group, string groupPath)
        {
            foreach (var entry in group.GetChildren())
            {
                var path = groupPath + entry.Key;
                var members = settings.FindAll(setting => setting.Path.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase));
                if (settings.Find(setting => setting.Path.Equals(path, StringComparison.OrdinalIgnoreCase)) is { } setting)
                {
                    if (Read(entry, setting, prefix, settings) is { } problem) options.Problems.Add($"{prefix}{setting.Path}{problem}");
                }
                else if (members.Count > 0)
                {
                    path = members[0].Path[..path.Length];
                    if (ProblemOfGroup(entry, members) is { } problem) options.Problems.Add($"{prefix}{path}{problem}");
                    ReadGroup(entry, path + ":");
                }
                else if (!Name.Equals(section?.Path, StringComparison.OrdinalIgnoreCase) || !Others.Contains(path, StringComparer.OrdinalIgnoreCase))
                {
                    unknown.Add(path);
                }
            }
        }
    }

    /// <summary>Returns whether a section does not exist or contains no settings.</summary>
    public static bool IsEmpty(IConfigurationSection section) => string.IsNullOrEmpty(section.Value) && !section.GetChildren().Any();

    /// <summary>Returns the error of a section that is a text; <see langword="null"/> if there is no error.</summary>
    public static string? ProblemOfSection(IConfigurationSection? section) =>
        string.IsNullOrEmpty(section?.Value) ? null : $"{section.Path} is one text, but it is a section with settings.";

    /// <summary>Adds an error for each section whose scheme is not registered, because the settings in such a section have no effect.</summary>
    public static void CheckSchemes(IConfigurationSection section, IEnumerable<string> registered, RewtOptions options)
    {
        var schemes = section.GetSection(Schemes);
        if (!string.IsNullOrEmpty(schemes.Value)) options.Problems.Add($"{schemes.Path} is one text, but it is a section with a section for each scheme.");
        options.Problems.AddRange(schemes.GetChildren().Select(scheme => scheme.Key).Except(registered, StringComparer.OrdinalIgnoreCase)
            .Select(name => $"{schemes.Path}:{Plain(name)} is for a scheme that is not registered{Suggestion(name, registered.Where(other => other.Length > 0))}")
            .Select(problem => problem.EndsWith('?') ? problem : $"{problem} Register it with AddRewt, or remove the section."));
    }

    /// <summary>
    /// Formats a name in the configuration for a message, without quotes. If the name may be a key, the result contains only the length of the name.
    /// </summary>
    public static string Plain(string key) => KeyMaterial.Shown(key) is ['\'', .. var plain, '\''] ? plain : $"({KeyMaterial.Shown(key)})";

    /// <summary>
    /// Sets a property from the configuration. Returns the error as the rest of a sentence that begins with the name of the setting;
    /// <see langword="null"/> if there is no error.
    /// </summary>
    private static string? Read(IConfigurationSection section, Setting setting, string prefix, List<Setting> settings)
    {
        if (!setting.IsReadable)
        {
            var instead = setting.Owner is RewtOptions ? nameof(RewtOptions.Redis) : settings.Find(other => other.Owner == setting.Owner && other.IsReadable)!.Path;
            return $" can be set in code only; in the configuration, set {prefix}{instead}.";
        }

        var problem = setting.IsList ? ProblemOfList(section, prefix + setting.Path) : ProblemOfValue(section);
        if (problem is not null) return problem;

        object? value = setting.IsList ? section.GetChildren().Select(entry => entry.Value!).ToList() : Parse(section.Value!, setting, out problem);
        if (problem is null) setting.Value = value;
        return problem;
    }

    /// <summary>
    /// Returns the error in the section of a group; <see langword="null"/> if there is no error. An empty JSON object (<c>{}</c>) is permitted.
    /// </summary>
    private static string? ProblemOfGroup(IConfigurationSection section, List<Setting> members) => section.Value switch
    {
        null => null,
        _ when string.IsNullOrWhiteSpace(section.Value) => Empty,
        _ => $" is one text, but it is a section with settings: {string.Join(", ", members.Where(member => member.IsReadable).Select(member => NameOf(member.Path)))}.",
    };

    /// <summary>
    /// Returns the error in a setting that must have one value, as the rest of a sentence that begins with the name of the setting;
    /// <see langword="null"/> if there is no error.
    /// </summary>
    public static string? ProblemOfValue(IConfigurationSection setting)
    {
        if (setting.GetChildren().Any()) return " is a list or a section, but one value is expected.";
        return string.IsNullOrWhiteSpace(setting.Value) ? Empty : null;
    }

    /// <summary>
    /// Returns the error in a list of texts, as the rest of a sentence that begins with the name of the setting; <see langword="null"/> if there is
    /// no error.
    /// </summary>
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

    private static object? Parse(string text, Setting setting, out string? problem)
    {
        var type = setting.Type;
        problem = null;
        if (type == typeof(string)) return text;

        text = text.Trim();
        if (type == typeof(TimeSpan)) return ParseDuration(text, out problem);
        if (type == typeof(bool) && bool.TryParse(text, out var isSet)) return isSet;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        if (setting.Enumeration is not { } enumeration)
        {
            problem = type == typeof(bool) ? " must be true or false." : " must be a whole number.";
            return null;
        }

        var name = Array.Find(Enum.GetNames(enumeration), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name is not null) return Enum.Parse(enumeration, name);
        problem = $" must be {string.Join(" or ", Enum.GetNames(enumeration))}.";
        return null;
    }

    /// <summary>
    /// Parses a duration. A number without a unit (<c>5</c>) and a number of hours above 23 (<c>25:00:00</c>) are errors, because .NET would read
    /// both numbers as days.
    /// </summary>
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

    /// <summary>Returns the last part of the path of a setting.</summary>
    private static string NameOf(string path) => path[(path.LastIndexOf(':') + 1)..];

    /// <summary>
    /// Returns the smallest distance between two setting names, compared with and without their groups. If a setting is in a wrong group, the error
    /// message can therefore still suggest the correct name.
    /// </summary>
    private static int PathDistance(string one, string other) =>
        Math.Min(Math.Min(Distance(one, other), Distance(NameOf(one), other)), Distance(NameOf(one), NameOf(other)));

    /// <summary>
    /// Returns the number of letters that must be inserted, removed or replaced to change one text into the other (Levenshtein distance), ignoring
    /// case.
    /// </summary>
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

    [GeneratedRegex("^[0-9]{1,8}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("^(?<hours>[0-9]{2,4})(?<rest>:[0-5][0-9]:[0-5][0-9])$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hours();
}
