namespace Rewt.Internal;

/// <summary>
/// The source of public keys in a file. It is read on every refresh, because a replaced file, for example on a mounted volume, causes no notification.
/// </summary>
internal sealed class KeyFile(string path, string rsaAlgorithm) : IPublicKeySource
{
    private byte[]? _content;
    private PublicKeySet? _keys;

    public string Name => SourceFile.NameOf(path);

    public Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken) => Task.FromResult(Read());

    /// <summary>Reads the keys.</summary>
    /// <exception cref="PublicKeySourceException">The keys cannot be read; the message gives the reason.</exception>
    public PublicKeySet Read()
    {
        var content = SourceFile.Read(path);
        if (_keys is not null && content.AsSpan().SequenceEqual(_content)) return _keys;

        var keys = PublicKeyText.TryRead(content, rsaAlgorithm, out var problem) ?? throw new PublicKeySourceException($"{Name} cannot be used: {problem}");
        (_keys, _content) = (keys.Keeping(_keys), content);
        return _keys;
    }
}
