using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Reads a configured file of keys or certificates up to a size limit, or computes the hash of the file to detect a change. An exception names the
/// file, but never contains its content.
/// </summary>
internal static class ConfiguredFile
{
    public static string NameOf(string path) => $"the file {KeyMaterial.Shown(path)}";

    /// <exception cref="PublicKeySourceException">The file cannot be read; the message gives the reason.</exception>
    public static byte[] Read(string path, int maximum = PublicKeySetReader.MaximumBytes) => Try(path, () => ReadUpTo(path, maximum) ?? throw TooLong(path, maximum));

    /// <summary>
    /// Returns the content of a file; <see langword="null"/> if the content is longer than the maximum. The reported file length is not sufficient
    /// for this check, because it is 0 for a device, whose content may be endless.
    /// </summary>
    public static byte[]? ReadUpTo(string path, int maximum)
    {
        using var file = Open(path);
        var expected = file.CanSeek && file.Length is > 0 and var length ? Math.Min(length, maximum) : maximum;
        var buffer = new byte[expected + 1];
        var count = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var content = count <= expected ? buffer[..count] : expected < maximum ? throw new IOException("The file is being written.") : null;
        CryptographicOperations.ZeroMemory(buffer);
        return content;
    }

    /// <summary>
    /// Returns the text of a file in the encoding of its byte order mark, by default UTF-8; <see langword="null"/> if the file is longer than the maximum.
    /// </summary>
    public static string? ReadTextUpTo(string path, int maximum) => ReadUpTo(path, maximum) is { } content ? TextOf(content) : null;

    /// <summary>Returns the text of a file's content in the encoding of its byte order mark, by default UTF-8.</summary>
    public static string TextOf(byte[] content)
    {
        using var text = new StreamReader(new MemoryStream(content));
        return text.ReadToEnd();
    }

    /// <summary>Returns the hash of a file. With the hash, a change of the file can be detected without keeping its content in memory.</summary>
    /// <exception cref="PublicKeySourceException">The file cannot be read. The message contains the reason.</exception>
    public static byte[] Hash(string path, int maximum) => Try(
        path,
        () =>
        {
            using var file = Open(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var piece = new byte[16 * 1024];
            for (var (length, count) = (0L, 0); (count = file.Read(piece)) > 0;)
            {
                hash.AppendData(piece, 0, count);
                if ((length += count) > maximum) throw TooLong(path, maximum);
            }

            CryptographicOperations.ZeroMemory(piece);
            return hash.GetHashAndReset();
        });

    /// <summary>Returns the reason why there is no file at a path, as the predicate of a sentence.</summary>
    public static string Absence(string path) => Directory.Exists(path) ? "is a directory; a container runtime mounts a missing file as a directory" : "does not exist";

    private static FileStream Open(string path) => new(path, new FileStreamOptions { BufferSize = 0 });

    private static PublicKeySourceException TooLong(string path, int maximum) => new($"{NameOf(path)} is longer than {maximum / 1024} KB");

    private static byte[] Try(string path, Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PublicKeySourceException($"{NameOf(path)} {(exception is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(path) ? Absence(path) : "cannot be read")}", exception);
        }
    }
}
