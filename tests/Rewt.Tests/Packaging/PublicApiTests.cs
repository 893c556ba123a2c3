using PublicApiGenerator;

namespace Rewt.Tests.Packaging;

/// <summary>Compares the public API of each package with the reviewed file in docs/api.</summary>
public sealed partial class PublicApiTests
{
    private const string UpdateCommand = "REWT_WRITE_API=1 dotnet test --filter FullyQualifiedName~PublicApiTests";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        // By default, namespaces of Microsoft are left out, but the registration methods are in one of them.
        DenyNamespacePrefixes = [],
        // These attributes are not part of the reviewed API.
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
    public void The_public_API_of_a_package_is_identical_to_the_reviewed_file(string package)
    {
        var file = Path.Combine(Folder, $"{package}.txt");
        var actual = Namespace().Replace(SourceProject.Named(package).Load().GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd(), "") + "\n";
        if (Environment.GetEnvironmentVariable("REWT_WRITE_API") == "1") File.WriteAllText(file, actual);

        var reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        actual.ShouldBe(reviewed, $"The public API of {package} changed. If that is meant, run `{UpdateCommand}` and commit docs/api.");
    }

    [Fact]
    public void The_folder_docs_api_has_one_file_for_each_library() => Directory.EnumerateFiles(Folder)
        .Select(Path.GetFileName)
        .ShouldBe(Libraries.Select(row => $"{row.Data}.txt"), ignoreOrder: true);

    // Readers know the namespaces of types such as Task and TimeSpan.
    [GeneratedRegex(@"(?<!namespace )\b(System|Microsoft|Rewt)(\.[A-Z]\w*)*\.(?=[A-Z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();
}
