using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Reads a value from files, and again when one of them has changed: certificates or authorities. While a file cannot be read or used, for example
/// because it is being replaced, the value from before stays in use. It has one caller at a time.
/// </summary>
/// <param name="settings">The paths, or PEM texts in place of files.</param>
/// <param name="parse">Parses the contents.</param>
/// <param name="time">The clock.</param>
internal sealed class ReloadedFiles<T>(IReadOnlyList<string> settings, Func<IReadOnlyList<byte[]>, T> parse, TimeProvider time)
    where T : class
{
    /// <summary>How long a refresh waits for the files: opening one on a server that is away blocks.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private IReadOnlyList<byte[]> _contents = [];
    private Task<IReadOnlyList<byte[]>>? _reading;

    /// <summary>The last value.</summary>
    public T Value { get; private set; } = null!;

    /// <summary>The failure of the last read; <see langword="null"/> if it succeeded.</summary>
    public PublicKeySourceException? Failure { get; private set; }

    /// <exception cref="PublicKeySourceException">The files cannot be used; the message gives the reason.</exception>
    public ReloadedFiles<T> Read()
    {
        Take(ReadAll());
        return this;
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        _reading ??= Task.Run(ReadAll, CancellationToken.None);
        try
        {
            var contents = await _reading.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            if (Failure is not null || !contents.Zip(_contents).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))) Take(contents);
            Failure = null;
        }
        catch (TimeoutException)
        {
            return;
        }
        catch (PublicKeySourceException exception)
        {
            Failure = exception;
        }

        _reading = null;
    }

    private IReadOnlyList<byte[]> ReadAll() => [.. settings.Select(setting => PublicKeyPem.IsPem(setting) ? Encoding.UTF8.GetBytes(setting) : SourceFile.Read(setting))];

    private void Take(IReadOnlyList<byte[]> contents) => (Value, _contents) = (parse(contents), contents);
}
