using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>The pages that packages show in a gallery, and the page about all packages.</summary>
public sealed partial class PackagePagesTests
{
    public static TheoryData<string> Packages => [.. SourceProject.All.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_page_says_how_to_install_its_package_and_links_to_files_of_the_repository(string package)
    {
        var root = $"{XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")).Descendants("RepositoryUrl").Single().Value}/blob/main/";
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", package, "README.md"));

        var links = Link().Matches(page).Select(match => match.Groups["to"].Value).ToList();

        page.ShouldStartWith($"# {package}\n");
        page.ShouldContain(SourceProject.Named(package).IsTool ? $"dotnet tool install --global {package}" : $"dotnet add package {package}");
        // A gallery shows the page far from the files beside it, so links are absolute.
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
