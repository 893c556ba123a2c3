namespace Rewt.Tests.Packaging;

/// <summary>A clone whose packages were created as in README.md, and the folder beside it that uses them as a package source. Created at the first use.</summary>
public sealed class PackedClone : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly Lazy<Task<string>> _packed;

    public PackedClone()
    {
        Shell = new CleanShell(_scratch["packages-of-the-newcomer"]);
        _packed = new Lazy<Task<string>>(PackAsync);
    }

    internal CleanShell Shell { get; }

    /// <summary>Gets the folder in which README.md creates projects, outside of the clone.</summary>
    internal string ProjectFolder => _scratch["first-call"];

    internal string Scratch => _scratch.Path;

    internal string ClonePath => _scratch["clone"];

    /// <summary>Returns the output of <c>dotnet pack</c>.</summary>
    internal Task<string> OutputAsync() => _packed.Value;

    internal async Task<Package> OpenAsync(string id, string extension = "nupkg")
    {
        await _packed.Value;
        return Package.Open(Directory.EnumerateFiles(Path.Combine(ClonePath, "artifacts", "packages"), $"*.{extension}").Single(file => Package.IdOf(file) == id));
    }

    internal async Task<IReadOnlyList<string>> IdsAsync(string extension)
    {
        await _packed.Value;
        return [.. Directory.EnumerateFiles(Path.Combine(ClonePath, "artifacts", "packages"), $"*.{extension}").Select(Package.IdOf).Order(StringComparer.Ordinal)];
    }

    public void Dispose() => _scratch.Dispose();

    private async Task<string> PackAsync()
    {
        await Clone.CreateAsync(ClonePath, Shell);
        return await Shell.RunAsync(ClonePath, FirstCallBlocks.TextOf("clone"));
    }
}
