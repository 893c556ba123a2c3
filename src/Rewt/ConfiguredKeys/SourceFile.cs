namespace Rewt.Internal;

/// <summary>Reads a file of keys or certificates whose path is a setting, up to a size limit. A failure is described without the content.</summary>
internal static class SourceFile
{
    public static string NameOf(string path) => $"the file {KeyMaterial.Shown(path)}";

    /// <exception cref="PublicKeySourceException">The file cannot be read; the message gives the reason.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > PublicKeySetReader.MaximumBytes }
                ? throw new IOException($"longer than {PublicKeySetReader.MaximumBytes / 1024} KB")
                : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PublicKeySourceException($"{NameOf(path)} {(exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read")}", exception);
        }
    }
}
