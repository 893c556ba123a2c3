using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Checks the packages that <c>dotnet pack</c> creates in a clone.</summary>
[Collection<SharedPackages>]
[Trait("Category", "Long")]
public sealed class PackageTests(PackedClone packed)
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private static readonly XDocument BuildProperties = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props"));

    private static readonly XDocument Versions = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));

    public static TheoryData<string> Packages => [.. SourceProject.All.Select(project => project.Name)];

    public static TheoryData<string> Libraries => [.. SourceProject.All.Where(project => !project.IsTool).Select(project => project.Name)];

    private static string Version => BuildProperties.Descendants("VersionPrefix").Single().Value;

    private static string Repository => BuildProperties.Descendants("RepositoryUrl").Single().Value;

    [Fact]
    public async Task Dotnet_pack_packs_exactly_the_projects_under_src()
    {
        var output = await packed.OutputAsync();

        (await packed.IdsAsync("nupkg")).ShouldBe(SourceProject.All.Select(project => project.Name));
        (await packed.IdsAsync("snupkg")).ShouldBe(SourceProject.All.Select(project => project.Name));
        output.ShouldNotMatch(CleanShell.WarningPattern);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_package_has_complete_metadata(string id)
    {
        var package = await packed.OpenAsync(id);

        package["id"].ShouldBe(id);
        package["version"].ShouldBe(Version);
        package["authors"].ShouldBe("The Rewt.AspNetCore authors");
        package["description"]!.Length.ShouldBeInRange(40, 400);
        package["tags"]!.Split(' ').ShouldContain("jwt");
        package["copyright"].ShouldNotBeNullOrEmpty();
        package["releaseNotes"].ShouldBe($"{Repository}/blob/main/CHANGELOG.md");
        package["projectUrl"].ShouldBe(Repository);

        package.Element("license").Attribute("type")!.Value.ShouldBe("expression");
        package["license"].ShouldBe("MIT");

        var repository = package.Element("repository");
        repository.Attribute("type")!.Value.ShouldBe("git");
        repository.Attribute("url")!.Value.ShouldBe(Repository);
        repository.Attribute("commit")!.Value.ShouldMatch("^[0-9a-f]{40}$");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_package_contains_its_README_and_its_icon(string id)
    {
        var package = await packed.OpenAsync(id);

        package["readme"].ShouldBe("README.md");
        var readme = package.Text("README.md");
        readme.ShouldStartWith($"# {id}\n");
        readme.ShouldBe(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "src", id, "README.md"), Cancellation));

        package["icon"].ShouldBe("icon.png");
        var icon = package.Bytes("icon.png");
        icon.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)).ShouldBe(128);
        BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)).ShouldBe(128);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_library_package_has_exactly_the_expected_files_and_dependencies(string id)
    {
        var project = SourceProject.Named(id);
        var package = await packed.OpenAsync(id);

        package.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).ShouldBe([$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"], ignoreOrder: true);
        package.Files.ShouldNotContain(file => file.EndsWith(".pdb", StringComparison.Ordinal) || file.Contains("analyzers/", StringComparison.Ordinal) || file.Contains("build/", StringComparison.Ordinal));
        package.Text($"lib/net10.0/{id}.xml").ShouldContain("<member name=\"T:");
        // The packages of this repository use each other's internal types, so only the same version is allowed.
        package.Dependencies.ShouldBe(
            [.. project.Projects.Select(name => (name, $"[{Version}]")), .. project.Packages.Select(name => (name, VersionOf(name)))],
            ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Symbols_refer_to_the_repository_and_not_to_local_paths(string id)
    {
        var package = await packed.OpenAsync(id);
        var symbols = await packed.OpenAsync(id, "snupkg");
        var commit = package.Element("repository").Attribute("commit")!.Value;

        symbols.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).ShouldBe([$"lib/net10.0/{id}.pdb"]);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols.Bytes($"lib/net10.0/{id}.pdb")));
        var reader = provider.GetMetadataReader();
        var sources = reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)).ToList();
        sources.Count.ShouldBeGreaterThan(1);
        sources.ShouldAllBe(source => source.StartsWith("/_/", StringComparison.Ordinal));

        var links = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(information => reader.GetGuid(information.Kind) == SourceLink);
        var json = Encoding.UTF8.GetString(reader.GetBlobBytes(links.Value));
        json.ShouldContain(commit);
        json.ShouldContain(Repository["https://github.com/".Length..]);

        var assembly = package.Bytes($"lib/net10.0/{id}.dll");
        using var executable = new PEReader(new MemoryStream(assembly));
        executable.ReadDebugDirectory().ShouldContain(entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        Encoding.Latin1.GetString(assembly).ShouldNotContain(packed.Scratch);
        Encoding.Latin1.GetString(symbols.Bytes($"lib/net10.0/{id}.pdb")).ShouldNotContain(packed.Scratch);
    }

    [Fact]
    public async Task The_tool_package_is_a_dotnet_tool_without_dependencies()
    {
        var package = await packed.OpenAsync("Rewt.Tool");

        package.Element("packageType").Attribute("name")!.Value.ShouldBe("DotnetTool");
        package.Dependencies.ShouldBeEmpty();
        var command = XDocument.Parse(package.Text("tools/net10.0/any/DotnetToolSettings.xml")).Descendants("Command").Single();
        command.Attribute("Name")!.Value.ShouldBe("rewt");
        package.Files.ShouldContain($"tools/net10.0/any/{command.Attribute("EntryPoint")!.Value}");
        foreach (var file in package.Files) Encoding.Latin1.GetString(package.Bytes(file)).ShouldNotContain(packed.Scratch, customMessage: file);
    }

    [Fact]
    public async Task The_Rewt_assembly_is_marked_as_trimmable_and_AOT_compatible()
    {
        var package = await packed.OpenAsync("Rewt");
        using var executable = new PEReader(new MemoryStream(package.Bytes("lib/net10.0/Rewt.dll")));
        var text = Encoding.UTF8.GetString(executable.GetMetadata().GetContent().AsSpan());

        text.ShouldContain("IsTrimmable");
        text.ShouldContain("IsAotCompatible");
    }

    [Fact]
    public async Task Builds_of_one_commit_in_two_folders_have_identical_assemblies()
    {
        await packed.OutputAsync();
        var otherClone = Path.Combine(packed.Scratch, "elsewhere", "a clone of another name");
        await Clone.CreateAsync(otherClone, packed.Shell);
        await packed.Shell.RunAsync(otherClone, "dotnet pack -o artifacts/packages");

        foreach (var project in SourceProject.All)
        {
            var other = Package.Open(Path.Combine(otherClone, "artifacts", "packages", $"{project.Name}.{Version}.nupkg"));
            var package = await packed.OpenAsync(project.Name);
            var assemblies = package.Files.Where(file => Path.GetFileName(file) is var name && name.StartsWith("Rewt", StringComparison.Ordinal) && name.EndsWith(".dll", StringComparison.Ordinal)).ToList();
            assemblies.ShouldNotBeEmpty();
            foreach (var file in assemblies) other.Bytes(file).AsSpan().SequenceEqual(package.Bytes(file)).ShouldBeTrue($"{project.Name}: {file}");
        }
    }

    private static string VersionOf(string package)
    {
        var version = Versions.Descendants("PackageVersion").Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
        // The first definition of a property is the version for packages. Later in the file, projects that are not packed can override it.
        return version.StartsWith("$(", StringComparison.Ordinal) ? Versions.Descendants(version[2..^1]).First().Value : version;
    }
}
