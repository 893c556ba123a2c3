namespace Rewt.Internal;

/// <summary>
/// The source of public keys in a file. The file is read again at each refresh, so that a replaced file takes effect without a restart. A file
/// watcher would not be enough, because the operating system does not announce changes on some mounted volumes.
/// </summary>
internal sealed class KeyFile(string path, string rsaAlgorithm) : IPublicKeySource
{
    private byte[]? _content;
    private PublicKeySet? _keys;

    public string Name => ConfiguredFile.NameOf(path);

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(Read());

    /// <summary>Reads the public keys in the file.</summary>
    /// <exception cref="PublicKeySourceException">The keys cannot be read. The message contains the reason.</exception>
    public PublicKeySet Read()
    {
        var content = ConfiguredFile.Read(path);
        if (_keys is not null && content.AsSpan().SequenceEqual(_content)) return _keys;

        var keys = PublicKeyText.TryRead(content, rsaAlgorithm, out var problem) ?? throw new PublicKeySourceException($"{Name} cannot be used: {problem}");
        (_keys, _content) = (keys.Keeping(_keys), content);
        return _keys;
    }
}
