using System.Reflection;
using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Represents a project under src that becomes a package.</summary>
internal sealed record SourceProject(string Name, XDocument File)
{
    public static IReadOnlyList<SourceProject> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => new SourceProject(Path.GetFileNameWithoutExtension(file), XDocument.Load(file)))
            .Where(project => project.Property("IsPackable") != "false")
            .OrderBy(project => project.Name, StringComparer.Ordinal),
    ];

    public static SourceProject Named(string name) => All.Single(project => project.Name == name);

    /// <summary>Gets whether the package is a command-line tool, which has no public API.</summary>
    public bool IsTool => Property("PackAsTool") == "true";

    public IEnumerable<string> Projects => References("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    /// <summary>Gets the packages that become dependencies of this package.</summary>
    public IEnumerable<string> Packages => References("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

    public override string ToString() => Name;

    /// <exception cref="FileNotFoundException">The tests do not reference the project.</exception>
    public Assembly Load() => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{Name}.dll"));

    private string? Property(string name) => File.Descendants(name).LastOrDefault()?.Value;

    private IEnumerable<XElement> References(string kind) => File.Descendants(kind).Where(reference => reference.Attribute("PrivateAssets")?.Value != "all");
}
