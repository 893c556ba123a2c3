using System.Xml.Linq;

namespace Rewt.Tests.Repository;

/// <summary>
/// Checks the project files of the samples. In this repository, the version of a package is not used, because projects and Directory.Packages.props replace it.
/// </summary>
public sealed class SampleProjectTests
{
    private static readonly XDocument Versions = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));

    private static readonly string OwnVersion = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    public static TheoryData<string> Samples => [.. SampleFolder.ThatCanBeCopied];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_that_can_be_copied_states_its_properties_and_the_versions_of_this_repository(string sample)
    {
        var project = XDocument.Load(Path.Combine(RepositoryRoot.Path, "samples", sample, $"{sample}.csproj"));

        foreach (var (name, value) in new[] { ("TargetFramework", "net10.0"), ("Nullable", "enable"), ("ImplicitUsings", "enable") }) project.Descendants(name).Single().Value.ShouldBe(value);
        project.Descendants("ProjectReference").ShouldBeEmpty();
        var packages = project.Descendants("PackageReference").Select(package => (Name: package.Attribute("Include")!.Value, Version: package.Attribute("Version")?.Value)).ToList();
        packages.ShouldContain(package => package.Name.StartsWith("Rewt", StringComparison.Ordinal));
        foreach (var (name, version) in packages) version.ShouldBe(name.StartsWith("Rewt", StringComparison.Ordinal) ? OwnVersion : VersionOf(name), name);
    }

    private static string VersionOf(string package) => Versions.Descendants("PackageVersion").Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
}
