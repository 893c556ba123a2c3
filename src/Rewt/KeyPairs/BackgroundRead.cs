namespace Rewt.Internal;

/// <summary>
/// Reads a value again on the thread pool, because the read can block for a long time, for example if a file is on an unreachable file server. A
/// refresh waits only briefly for the read. The result of a read that takes longer is returned by a later refresh.
/// </summary>
/// <param name="late">The beginning of the error message for a read that takes too long, such as "Identity:CertificateFactory has not
/// returned".</param>
/// <param name="time">The clock of this instance.</param>
internal sealed class BackgroundRead<T>(string late, TimeProvider time)
    where T : class
{
    /// <summary>The longest time that a refresh waits for the read.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private ClockReading _began;
    private Task<T?>? _reading;

    /// <summary>
    /// The failure of the last read, or of the read in progress if it takes too long; <see langword="null"/> if the last read succeeded.
    /// </summary>
    public PublicKeySourceException? Failure { get; private set; }

    /// <summary>Begins a read, or continues to wait for the read in progress. Calls must not overlap.</summary>
    /// <returns>The value; <see langword="null"/> if it is unchanged, has not been read yet, or cannot be read.</returns>
    public async Task<T?> RefreshAsync(Func<T?> read, CancellationToken cancellationToken)
    {
        if (_reading is null) _began = ClockReading.Now(time);
        _reading ??= Task.Run(read, CancellationToken.None);
        T? value = null;
        try
        {
            value = await _reading.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            Failure = null;
        }
        catch (TimeoutException)
        {
            if (_began.Elapsed(time) >= PublicKeySourceState.UsualLimit) Failure = new PublicKeySourceException($"{late} within {PublicKeySourceState.UsualLimit.TotalSeconds} s");
            return null;
        }
        catch (PublicKeySourceException exception)
        {
            Failure = exception;
        }

        _reading = null;
        return value;
    }
}
