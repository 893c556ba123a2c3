using System.Reflection;
using System.Xml.Linq;

namespace Rewt.Tests.Repository;

public sealed partial class ArchitectureTests
{
    private static readonly string[] Folders = ["src", "tests", "samples", "benchmarks"];

    /// <summary>The project that each project of <c>src</c> references.</summary>
    private static readonly Dictionary<string, string?> References = new(StringComparer.Ordinal)
    {
        ["Rewt"] = null,
        ["Rewt.AspNetCore"] = "Rewt",
        ["Rewt.ApiKeys"] = "Rewt.AspNetCore",
        ["Rewt.Dashboard"] = "Rewt.AspNetCore",
        ["Rewt.OpenApi"] = "Rewt.AspNetCore",
        ["Rewt.Testing"] = "Rewt.ApiKeys",
        ["Rewt.Tool"] = "Rewt.ApiKeys",
    };

    [Fact]
    public void The_list_of_packages_contains_each_library_of_src_before_the_libraries_that_it_references()
    {
        var packages = Packages.InOrder.Select(package => package.GetName().Name!).ToList();
        var libraries = Projects().Where(project => !project.Value.Descendants("PackAsTool").Any()).ToDictionary(StringComparer.Ordinal);

        packages.ShouldBe(libraries.Keys, ignoreOrder: true);
        foreach (var (name, project) in libraries) packages.Take(packages.IndexOf(name) + 1).Intersect(ReferencesOf(project)).ShouldBeEmpty($"{name} may reference only packages after it");
    }

    [Fact]
    public void A_project_of_src_references_only_the_expected_project() =>
        Projects().ToDictionary(project => project.Key, project => ReferencesOf(project.Value).SingleOrDefault()).ShouldBe(References, ignoreOrder: true);

    [Fact]
    public void Only_files_in_the_root_folder_use_the_folders_Redis_and_Http()
    {
        var files = SourceFiles().Where(file => Folder(file).Project == "Rewt").ToList();
        var types = files.Where(file => Folder(file).Name is "Redis" or "Http")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => Folder(file).Name, StringComparer.Ordinal);
        types.Count.ShouldBeGreaterThan(50);

        files.Where(file => Folder(file).Name.Length > 0)
            .SelectMany(file => Identifier().Matches(Code(file)).Select(match => match.Value).Distinct()
                .Where(name => types.TryGetValue(name, out var folder) && folder != Folder(file).Name)
                .Select(name => $"{Path.GetRelativePath(Source, file)} uses {name}"))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Rewt", "Microsoft.AspNetCore")]
    [InlineData("Rewt.AspNetCore", "StackExchange.Redis")]
    [InlineData("Rewt.Testing", "StackExchange.Redis")]
    [InlineData("Rewt.Testing", "xunit")]
    [InlineData("Rewt.Testing", "Microsoft.AspNetCore.TestHost")]
    [InlineData("Rewt.Dashboard", "StackExchange.Redis")]
    public void A_package_does_not_reference_an_unrelated_library(string package, string library) =>
        Package(package).GetReferencedAssemblies().Select(reference => reference.Name!).ShouldNotContain(name => name.StartsWith(library, StringComparison.Ordinal));

    [Fact]
    public void A_type_is_public_unless_its_namespace_is_Internal()
    {
        foreach (var type in Packages.InOrder.SelectMany(package => package.GetTypes()).Where(type => !type.IsNested && type.Namespace is not null))
        {
            if (!type.Namespace!.StartsWith("Rewt", StringComparison.Ordinal) && type.Namespace != "Microsoft.Extensions.DependencyInjection") continue;
            type.IsPublic.ShouldBe(!type.Namespace.EndsWith(".Internal", StringComparison.Ordinal), type.FullName);
        }
    }

    [Fact]
    public void Public_classes_are_sealed_except_the_handler() => Packages.PublicTypes
        .Where(type => !type.IsSealed && !type.IsInterface)
        .ShouldBe([typeof(RewtHandler)]);

    [Fact]
    public void Registration_extensions_are_in_the_Microsoft_namespace_and_other_types_in_Rewt()
    {
        foreach (var type in Packages.PublicTypes)
        {
            var isRegistration = type.Name.EndsWith("Extensions", StringComparison.Ordinal)
                && type != typeof(RewtHttpRequestExtensions)
                && type != typeof(RewtTestIdentityExtensions);
            type.Namespace.ShouldBe(isRegistration ? "Microsoft.Extensions.DependencyInjection" : "Rewt", type.FullName);
        }
    }

    [Fact]
    public void Asynchronous_methods_end_in_Async_and_accept_a_cancellation_token()
    {
        var methods = PublicMethods().Where(method => typeof(Task).IsAssignableFrom(method.ReturnType)
            || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>))
            || method.ReturnType == typeof(ValueTask)).Where(method => method.Name != nameof(IAsyncDisposable.DisposeAsync)).ToList();

        methods.Count.ShouldBeGreaterThan(5);
        foreach (var method in methods)
        {
            method.Name.ShouldEndWith("Async");
            method.GetParameters()[^1].ParameterType.ShouldBe(typeof(CancellationToken), $"{method.DeclaringType}.{method.Name}");
        }
    }

    [Fact]
    public void Only_connection_settings_expose_types_of_the_Redis_library()
    {
        var signatures = PublicMethods().Cast<MethodBase>().Concat(Packages.PublicTypes.SelectMany(type => type.GetConstructors()))
            .Select(method => (Name: $"{method.DeclaringType!.Name}.{method.Name}", Types: method.GetParameters().Select(parameter => parameter.ParameterType).Append((method as MethodInfo)?.ReturnType ?? typeof(void))))
            .Concat(Packages.PublicTypes.Select(type => (type.Name, Types: type.GetInterfaces().Append(type.BaseType ?? typeof(object)))))
            .Select(signature => (signature.Name, Types: signature.Types.SelectMany(Flatten).Where(type => type.Assembly.GetName().Name == "StackExchange.Redis").Select(type => type.Name).ToList()))
            .Where(signature => signature.Types.Count > 0)
            .ToList();

        signatures.Select(signature => signature.Name).ShouldBe(
            ["RewtOptions.get_ConfigurationOptions", "RewtOptions.set_ConfigurationOptions", "RewtOptions.get_ConnectionMultiplexerFactory", "RewtOptions.set_ConnectionMultiplexerFactory"],
            ignoreOrder: true);
        signatures.SelectMany(signature => signature.Types).Distinct().ShouldBe(["ConfigurationOptions", "IConnectionMultiplexer"], ignoreOrder: true);
    }

    [Fact]
    public void Only_the_options_and_the_Redis_stores_use_the_Redis_library()
    {
        var files = SourceFiles().Where(file => File.ReadAllText(file).Contains("using StackExchange.Redis;", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Source, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("Rewt/Redis/", StringComparison.Ordinal) && !file.StartsWith("Rewt.Tool/", StringComparison.Ordinal));

        files.ShouldBe(["Rewt/RewtOptions.cs", "Rewt.ApiKeys/Internal/RedisAppStore.cs"], ignoreOrder: true);
    }

    [Fact]
    public void A_source_file_contains_one_type()
    {
        var files = SourceFiles().ToList();

        files.Count.ShouldBeGreaterThan(50);
        foreach (var file in files)
        {
            File.ReadAllLines(file).Count(line => TypeDeclaration().IsMatch(line)).ShouldBe(1, file);
        }
    }

    [Fact]
    public void Only_a_synchronous_send_blocks_on_a_task()
    {
        var blocking = SourceFiles().SelectMany(file => File.ReadAllLines(file)
            .Where(line => BlockingCall().IsMatch(line) && !OtherResult().IsMatch(line))
            .Select(_ => Path.GetRelativePath(Source, file).Replace('\\', '/')));

        blocking.ShouldBe(["Rewt/Http/SynchronousSend.cs"]);
    }

    [Fact]
    public void The_classic_solution_file_contains_every_project()
    {
        var solution = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Rewt.AspNetCore.sln"));

        solution.ShouldContain("Microsoft Visual Studio Solution File, Format Version 12.00");
        Directory.EnumerateFiles(RepositoryRoot.Path, "*.slnx").ShouldBeEmpty();
        var projects = Folders
            .Select(folder => Path.Combine(RepositoryRoot.Path, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Where(project => !project.Contains($"{Path.DirectorySeparatorChar}node_modules{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(project => Path.GetRelativePath(RepositoryRoot.Path, project).Replace('/', '\\'))
            .ToList();
        projects.Count.ShouldBeGreaterThanOrEqualTo(5);
        projects.ShouldAllBe(project => solution.Contains($"\"{project}\"", StringComparison.Ordinal));
    }

    private static string Source => Path.Combine(RepositoryRoot.Path, "src");

    private static Dictionary<string, XDocument> Projects() => Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), XDocument.Load, StringComparer.Ordinal);

    private static IEnumerable<string> ReferencesOf(XDocument project) => project.Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static Assembly Package(string name) => Packages.InOrder.Single(package => package.GetName().Name == name);

    /// <summary>Returns the project of a source file and its folder in that project, which is empty for a file in the root folder.</summary>
    private static (string Project, string Name) Folder(string file)
    {
        var parts = Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar);
        return (parts[0], parts.Length > 2 ? parts[1] : string.Empty);
    }

    private static string Code(string file) => string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static IEnumerable<MethodInfo> PublicMethods() => Packages.PublicTypes.SelectMany(type => type
        .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(method => method.IsPublic || method.IsFamily)
        .Where(method => method.GetBaseDefinition().DeclaringType == type));

    private static IEnumerable<Type> Flatten(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Flatten).Append(type)
        : type.GetElementType() is { } element ? Flatten(element)
        : [type];

    private static IEnumerable<string> SourceFiles() => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    [GeneratedRegex(@"^(public|internal) (static |sealed |abstract |partial |readonly )*(class|record|struct|ref struct|record struct|interface|enum|delegate) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\b[A-Z]\w+\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\.Result\b|\.Wait\(|GetAwaiter\(\)\.GetResult\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BlockingCall();

    // These are not tasks: the result of an event context or of a Polly outcome, and the wait for the read budget.
    [GeneratedRegex(@"(received|validated|failed|Outcome)\.Result\b|_budget\.Wait\(\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OtherResult();
}
