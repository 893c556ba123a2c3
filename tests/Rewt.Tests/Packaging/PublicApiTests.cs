using PublicApiGenerator;

namespace Rewt.Tests.Packaging;

/// <summary>docs/api: what each package shows, to be read in a review.</summary>
public sealed partial class PublicApiTests
{
    private const string Rewrite = "REWT_WRITE_API=1 dotnet test --filter FullyQualifiedName~PublicApiTests";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        // Registration lives in a namespace of Microsoft's.
        DenyNamespacePrefixes = [],
        // What the compiler writes down for itself, and what says how a record prints.
        ExcludeAttributes =
        [
            "System.Runtime.CompilerServices.CompilerGeneratedAttribute",
            "System.Diagnostics.CodeAnalysis.RequiresDynamicCodeAttribute",
            "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute",
        ],
    };

    private static string Folder => Path.Combine(RepositoryRoot.Path, "docs", "api");

    public static TheoryData<string> Libraries => [.. SourceProject.All.Where(project => !project.IsTool).Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_API_of_a_package_is_the_reviewed_one(string package)
    {
        var file = Path.Combine(Folder, $"{package}.txt");
        var shown = Namespace().Replace(SourceProject.Named(package).Load().GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd(), "") + "\n";
        if (Environment.GetEnvironmentVariable("REWT_WRITE_API") == "1") File.WriteAllText(file, shown);

        var reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        shown.ShouldBe(reviewed, $"The public API of {package} changed. If that is meant, run `{Rewrite}` and commit docs/api.");
    }

    [Fact]
    public void There_is_a_page_for_each_package_and_none_for_another() => Directory.EnumerateFiles(Folder)
        .Select(Path.GetFileName)
        .ShouldBe(Libraries.Select(row => $"{row.Data}.txt"), ignoreOrder: true);

    // A reader knows where Task and TimeSpan live.
    [GeneratedRegex(@"(?<!namespace )\b(System|Microsoft|Rewt)(\.[A-Z]\w*)*\.(?=[A-Z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();
}
