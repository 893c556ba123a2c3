using System.Security.Cryptography;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// A value that is parsed from files, such as certificates. When one of the files changes, the value is parsed again. While a file cannot be read or
/// used, for example because it is being replaced, the previous value stays in use.
/// </summary>
/// <param name="settings">The paths of the files. A setting can also be a PEM text instead of a path.</param>
/// <param name="parse">A function that parses the contents of the files. The contents may be private keys and are cleared afterwards, so the value
/// must contain copies.</param>
/// <param name="time">The clock of this instance.</param>
/// <param name="maximum">The maximum size of a file, in bytes.</param>
internal sealed class ReloadedFiles<T>(IReadOnlyList<string> settings, Func<IReadOnlyList<byte[]>, T> parse, TimeProvider time, int maximum = PublicKeySetReader.MaximumBytes)
    where T : class
{
    /// <summary>
    /// The longest time that a refresh waits for the files. A file on an unreachable file server blocks when it is opened, and a long list takes time
    /// to parse.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private IReadOnlyList<byte[]> _hashes = [];
    private ClockReading _began;
    private Task<Parsed?>? _reading;

    /// <summary>The value of the last successful read.</summary>
    public T Value { get; private set; } = null!;

    /// <summary>The failure of the last read; <see langword="null"/> if the last read succeeded.</summary>
    public PublicKeySourceException? Failure { get; private set; }

    /// <exception cref="PublicKeySourceException">The files cannot be used. The message contains the reason.</exception>
    public ReloadedFiles<T> Read()
    {
        (Value, _hashes) = Parse();
        return this;
    }

    /// <summary>Parses the files again if one of them has changed. Calls must not overlap.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_reading is null) _began = ClockReading.Now(time);
        _reading ??= Task.Run(() => Failure is null && settings.Select(HashOf).Zip(_hashes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)) ? null : Parse(), CancellationToken.None);
        try
        {
            if (await _reading.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false) is { } parsed) (Value, _hashes) = parsed;
            Failure = null;
        }
        catch (TimeoutException)
        {
            if (_began.Elapsed(time) >= PublicKeySourceState.UsualLimit) Failure = new PublicKeySourceException($"{string.Join(" or ", settings.Where(setting => !PublicKeyPem.IsPem(setting)).Select(ConfiguredFile.NameOf))} has not been read within {PublicKeySourceState.UsualLimit.TotalSeconds} s");
            return;
        }
        catch (PublicKeySourceException exception)
        {
            Failure = exception;
        }

        _reading = null;
    }

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
