using System.Security.Cryptography;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// A value that is parsed from files, such as certificates. When one of the files changes, the value is parsed again. While a file cannot be read or
/// used, for example because it is being replaced, the previous value stays in use.
/// </summary>
/// <param name="settings">The paths of the files. A setting can also be a PEM text instead of a path.</param>
/// <param name="parse">A function that parses the contents of the files. The contents may be private keys and are overwritten after the call, so the
/// function must copy the bytes that it keeps.</param>
/// <param name="time">The clock of this instance.</param>
/// <param name="maximum">The maximum size of a file, in bytes.</param>
internal sealed class ReloadedFiles<T>(IReadOnlyList<string> settings, Func<IReadOnlyList<byte[]>, T> parse, TimeProvider time, int maximum = PublicKeySetReader.MaximumBytes)
    where T : class
{
    private readonly BackgroundRead<Parsed> _read = new(
        $"{string.Join(" or ", settings.Where(setting => !PublicKeyPem.IsPem(setting)).Select(ConfiguredFile.NameOf))} has not been read", time);

    private IReadOnlyList<byte[]> _hashes = [];

    /// <summary>The value of the last successful read.</summary>
    public T Value { get; private set; } = null!;

    /// <summary>The failure of the last read; <see langword="null"/> if the last read succeeded.</summary>
    public PublicKeySourceException? Failure => _read.Failure;

    /// <exception cref="PublicKeySourceException">The files cannot be used. The message contains the reason.</exception>
    public ReloadedFiles<T> Read()
    {
        (Value, _hashes) = Parse();
        return this;
    }

    /// <summary>Parses the files again if one of them has changed. Calls must not overlap.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (await _read.RefreshAsync(ParseChanged, cancellationToken).ConfigureAwait(false) is { } parsed) (Value, _hashes) = parsed;
    }

    private Parsed? ParseChanged() => Failure is null && settings.Select(HashOf).Zip(_hashes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)) ? null : Parse();

    private Parsed Parse()
    {
        var contents = settings.Select(setting => PublicKeyPem.IsPem(setting) ? Encoding.UTF8.GetBytes(setting) : ConfiguredFile.Read(setting, maximum)).ToList();
        try
        {
            return new Parsed(parse(contents), contents.ConvertAll(SHA256.HashData));
        }
        finally
        {
            foreach (var content in contents) CryptographicOperations.ZeroMemory(content);
        }
    }

    private byte[] HashOf(string setting) => PublicKeyPem.IsPem(setting) ? SHA256.HashData(Encoding.UTF8.GetBytes(setting)) : ConfiguredFile.Hash(setting, maximum);

    /// <summary>A parsed value, and the hashes of the files from which it was parsed.</summary>
    private sealed record Parsed(T Value, IReadOnlyList<byte[]> Hashes);
}
