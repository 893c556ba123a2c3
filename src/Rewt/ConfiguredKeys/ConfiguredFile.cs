using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Reads a configured file of keys or certificates up to a size limit, or computes the hash of the file to detect a change. An exception names the
/// file, but never contains its content.
/// </summary>
internal static class ConfiguredFile
{
    public static string NameOf(string path) => $"the file {KeyMaterial.Shown(path)}";

    /// <exception cref="PublicKeySourceException">The file cannot be read. The message contains the reason.</exception>
    public static byte[] Read(string path, int maximum = PublicKeySetReader.MaximumBytes) => Try(
        path,
        () => new FileInfo(path) is { Exists: true } file && file.Length > maximum ? throw new IOException($"longer than {maximum / 1024} KB") : File.ReadAllBytes(path));

    /// <summary>Returns the hash of a file. With the hash, a change of the file can be detected without keeping its content in memory.</summary>
    /// <exception cref="PublicKeySourceException">The file cannot be read. The message contains the reason.</exception>
    public static byte[] Hash(string path) => Try(
        path,
        () =>
        {
            using var file = File.OpenRead(path);
            return SHA256.HashData(file);
        });

    private static byte[] Try(string path, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PublicKeySourceException($"{NameOf(path)} {(exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read")}", exception);
        }
    }
}
