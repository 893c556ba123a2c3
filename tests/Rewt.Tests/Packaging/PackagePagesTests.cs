using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Checks the README files of the packages, which package galleries display.</summary>
public sealed partial class PackagePagesTests
{
    public static TheoryData<string> Packages => [.. SourceProject.All.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_README_has_the_install_command_and_valid_links(string package)
    {
        var root = $"{XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")).Descendants("RepositoryUrl").Single().Value}/blob/main/";
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", package, "README.md"));

        var links = Link().Matches(page).Select(match => match.Groups["to"].Value).ToList();

        page.ShouldStartWith($"# {package}\n");
        page.ShouldContain(SourceProject.Named(package).IsTool ? $"dotnet tool install --global {package}" : $"dotnet add package {package}");
        // A gallery does not have the files of the repository, so links are absolute.
        links.ShouldNotBeEmpty();
        foreach (var link in links)
        {
            link.ShouldStartWith(root);
            File.Exists(Path.Combine(RepositoryRoot.Path, link[root.Length..].Split('#')[0])).ShouldBeTrue(link);
        }
    }

    [GeneratedRegex(@"\]\((?<to>[^)]+)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
