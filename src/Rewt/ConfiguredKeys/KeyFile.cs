namespace Rewt.Internal;

/// <summary>Public keys in a file. It is read on every refresh, because a replaced file, for example on a mounted volume, causes no notification.</summary>
internal sealed class KeyFile(string path, string rsaAlgorithm) : IPublicKeySource
{
    private byte[]? _content;
    private PublicKeySet? _keys;

    public string Name => $"the file {KeyMaterial.Shown(path)}";

    public async Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await File.ReadAllBytesAsync(Checked(path), cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>Reads the keys synchronously, for validation when the application starts.</summary>
    /// <exception cref="PublicKeySourceException">The keys cannot be read; the message gives the reason.</exception>
    public PublicKeySet Read()
    {
        try
        {
            return Parse(File.ReadAllBytes(Checked(path)));
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw Unreadable(exception);
        }
    }

    private static bool IsUnreadable(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static string Checked(string path) =>
        new FileInfo(path) is { Exists: true, Length: > PublicKeySetReader.MaximumBytes } ? throw new IOException($"longer than {PublicKeySetReader.MaximumBytes / 1024} KB") : path;

    private PublicKeySourceException Unreadable(Exception exception) =>
        new($"{Name} {(exception is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read")}", exception);

    private PublicKeySet Parse(byte[] content)
    {
        if (_keys is not null && content.AsSpan().SequenceEqual(_content)) return _keys;

        var keys = PublicKeyText.TryRead(content, rsaAlgorithm, out var problem) ?? throw new PublicKeySourceException($"{Name} cannot be used: {problem}");
        (_keys, _content) = (keys.Keeping(_keys), content);
        return _keys;
    }
}
