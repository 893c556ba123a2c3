using System.Reflection;
using System.Xml.Linq;

namespace Rewt.Tests.Repository;

public sealed partial class ArchitectureTests
{
    private static readonly string[] Folders = ["src", "tests", "samples", "benchmarks"];
    private static readonly string[] Order = ["Rewt.Dashboard", "Rewt.Testing", "Rewt.AspNetCore", "Rewt.Http", "Rewt.Redis", "Rewt"];

    /// <summary>Side by side on top of the house.</summary>
    private static readonly string[] Roofs = ["Rewt.Dashboard", "Rewt.Testing"];

    public static TheoryData<string> PackageNames => [.. Order];

    [Fact]
    public void The_packages_are_these_six() => Packages.InOrder.Select(package => package.GetName().Name).ShouldBe(Order);

    [Theory]
    [MemberData(nameof(PackageNames))]
    public void Arrows_between_projects_point_one_way(string package)
    {
        var allowed = Order.SkipWhile(name => name != package).Skip(1).Except(Roofs).ToArray();

        References(Package(package)).Intersect(Order).ShouldBeSubsetOf(allowed);
        XDocument.Load(Path.Combine(Source, package, $"{package}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .ShouldBe(allowed.Take(1));
    }

    [Fact]
    public void The_tool_stands_on_the_keys_in_Redis_and_nothing_stands_on_it()
    {
        var projects = Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(file => XDocument.Load(file).Descendants("ProjectReference").Select(reference => (From: Path.GetFileNameWithoutExtension(file), To: Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))))
            .ToList();

        projects.Where(arrow => arrow.From == "Rewt.Tool").Select(arrow => arrow.To).ShouldBe(["Rewt.Redis"]);
        projects.ShouldAllBe(arrow => arrow.To != "Rewt.Tool");
    }

    [Theory]
    [InlineData("Rewt", "Microsoft.Extensions.Http")]
    [InlineData("Rewt", "Microsoft.AspNetCore")]
    [InlineData("Rewt.Redis", "Microsoft.AspNetCore")]
    [InlineData("Rewt.Redis", "Microsoft.Extensions.Http")]
    [InlineData("Rewt.Http", "Microsoft.AspNetCore")]
    [InlineData("Rewt.Http", "StackExchange.Redis")]
    [InlineData("Rewt.AspNetCore", "StackExchange.Redis")]
    [InlineData("Rewt.Testing", "StackExchange.Redis")]
    [InlineData("Rewt.Testing", "xunit")]
    [InlineData("Rewt.Testing", "Microsoft.AspNetCore.TestHost")]
    [InlineData("Rewt.Dashboard", "StackExchange.Redis")]
    public void A_package_does_not_know_what_is_not_its_matter(string package, string foreign) =>
        References(Package(package)).ShouldNotContain(name => name.StartsWith(foreign, StringComparison.Ordinal));

    [Fact]
    public void Internal_means_internal()
    {
        foreach (var type in Packages.InOrder.SelectMany(package => package.GetTypes()).Where(type => !type.IsNested && type.Namespace is not null))
        {
            if (!type.Namespace!.StartsWith("Rewt", StringComparison.Ordinal) && type.Namespace != "Microsoft.Extensions.DependencyInjection") continue;
            type.IsPublic.ShouldBe(!type.Namespace.EndsWith(".Internal", StringComparison.Ordinal), type.FullName);
        }
    }

    [Fact]
    public void Public_types_are_not_for_deriving_except_the_handler() => Packages.PublicTypes
        .Where(type => !type.IsSealed && !type.IsInterface)
        .ShouldBe([typeof(RewtHandler)]);

    [Fact]
    public void Registration_is_in_the_usual_namespaces_and_all_else_in_Rewt()
    {
        foreach (var type in Packages.PublicTypes)
        {
            var registers = type.Name.EndsWith("Extensions", StringComparison.Ordinal) && type != typeof(RewtHttpRequestExtensions) && type != typeof(RewtTestIdentityExtensions);
            type.Namespace.ShouldBe(registers ? "Microsoft.Extensions.DependencyInjection" : "Rewt", type.FullName);
        }
    }

    [Fact]
    public void Asynchronous_methods_say_so_and_can_be_cancelled()
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
    public void Public_signatures_name_the_Redis_library_only_in_the_settings_of_the_connection()
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
    public void Only_the_settings_and_the_folder_of_the_Redis_store_use_the_Redis_library()
    {
        var users = SourceFiles().Where(file => File.ReadAllText(file).Contains("using StackExchange.Redis;", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Source, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("Rewt.Redis/", StringComparison.Ordinal) && !file.StartsWith("Rewt.Tool/", StringComparison.Ordinal));

        users.ShouldBe(["Rewt/RewtOptions.cs"]);
    }

    [Fact]
    public void A_source_file_holds_one_type()
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
            .Where(line => BlockingCall().IsMatch(line) && !TaskResult().IsMatch(line))
            .Select(_ => Path.GetRelativePath(Source, file).Replace('\\', '/')));

        blocking.ShouldBe(["Rewt.Http/Internal/SynchronousSend.cs"]);
    }

    [Fact]
    public void The_solution_is_a_classic_one_and_holds_every_project()
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

    private static Assembly Package(string name) => Packages.InOrder.Single(package => package.GetName().Name == name);

    private static IEnumerable<string> References(Assembly package) => package.GetReferencedAssemblies().Select(reference => reference.Name!);

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

    [GeneratedRegex(@"\.Result\b|\.Wait\(|GetAwaiter\(\)\.GetResult\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BlockingCall();

    // The result of an event's context or of a Polly outcome, and the wait of the read budget, are no tasks.
    [GeneratedRegex(@"(received|validated|failed|Outcome)\.Result\b|_budget\.Wait\(\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TaskResult();
}
