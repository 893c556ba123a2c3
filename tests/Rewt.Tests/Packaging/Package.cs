using System.IO.Compression;
using System.Xml.Linq;

namespace Rewt.Tests.Packaging;

/// <summary>Represents a .nupkg or .snupkg file: the files in it and the metadata of its .nuspec.</summary>
internal sealed partial class Package
{
    private readonly Dictionary<string, byte[]> _files;

    private Package(Dictionary<string, byte[]> files)
    {
        _files = files;
        Metadata = XDocument.Parse(Text(files.Keys.Single(name => name.EndsWith(".nuspec", StringComparison.Ordinal)))).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    public XElement Metadata { get; }

    public IReadOnlyCollection<string> Files => _files.Keys;

    public IEnumerable<(string Id, string Range)> Dependencies => Metadata.Descendants()
        .Where(element => element.Name.LocalName == "dependency")
        .Select(element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value));

    public static string IdOf(string file) => Name().Match(Path.GetFileName(file)).Groups["id"].Value;

    public static Package Open(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        return new Package(archive.Entries.ToDictionary(entry => entry.FullName, Read, StringComparer.Ordinal));
    }

    public string? this[string element] => Metadata.Elements().FirstOrDefault(candidate => candidate.Name.LocalName == element)?.Value;

    public XElement Element(string name) => Metadata.Descendants().Single(candidate => candidate.Name.LocalName == name);

    public byte[] Bytes(string file) => _files[file];

    public string Text(string file)
    {
        using var reader = new StreamReader(new MemoryStream(_files[file]));
        return reader.ReadToEnd();
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    [GeneratedRegex(@"^(?<id>.+?)\.[0-9]+\.[0-9]+\.[0-9]+.*\.s?nupkg$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
