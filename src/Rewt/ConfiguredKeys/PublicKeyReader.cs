using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Reads one source of public keys at each refresh of <see cref="ConfiguredKeySource"/>. The read runs on the thread pool, so a slow file server or
/// URL does not delay other sources. The last known keys are used until the read ends. The class is not thread-safe.
/// </summary>
internal sealed partial class PublicKeyReader(IPublicKeySource source, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int LongestLine = 1000;

    private static readonly TimeSpan LongestDisposal = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private PublicKeySourceState _state = new(source.Name, null, ClockReading.Now(time), null);
    private Task<PublicKeySourceState>? _reading;
    private Task _announcing = Task.CompletedTask;
    private ClockReading _began;
    private bool _isAsked;

    /// <summary>The read that is in progress; a completed task if no read is in progress.</summary>
    public Task Reading => _reading ?? Task.CompletedTask;

    /// <summary>
    /// Begins a read, unless a read is in progress. If a request needs an unknown key while a read is in progress, another read follows, because the
    /// key may have been published after the first read began.
    /// </summary>
    public async ValueTask BeginAsync(bool isAsked)
    {
        await CollectAsync().ConfigureAwait(false);
        _isAsked |= isAsked;
        if (_reading is null) Start();
    }

    /// <summary>Returns the last known keys. If a read is in progress, <paramref name="onLateAnswer"/> is called when the read ends.</summary>
    public async ValueTask<PublicKeySourceState> TakeAsync(Action onLateAnswer)
    {
        await CollectAsync().ConfigureAwait(false);
        if (_reading is null && _isAsked) Start();
        if (_reading is not null && _announcing.IsCompleted) _announcing = AnnounceAsync(_reading, onLateAnswer);
        return _state with { PendingSince = _reading is null ? null : _began };
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        // Opening a file on an unavailable server cannot be cancelled, and must not keep the host from stopping.
        await Task.WhenAll(Reading, _announcing).WaitAsync(LongestDisposal, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task AnnounceAsync(Task reading, Action onLateAnswer)
    {
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        onLateAnswer();
    }

    private void Start()
    {
        var (known, isAsked) = (_state, _isAsked);
        (_isAsked, _began) = (false, ClockReading.Now(time));
        // On the thread pool from the first step, because opening a file on an unavailable server blocks.
        _reading = Task.Run(() => ReadAsync(known, isAsked), CancellationToken.None);
    }

    private async ValueTask CollectAsync()
    {
        if (_reading is not { IsCompleted: true } read) return;

        _reading = null;
        await _announcing.ConfigureAwait(false);
        _state = await read.ConfigureAwait(false);
    }

    private async Task<PublicKeySourceState> ReadAsync(PublicKeySourceState known, bool isAsked)
    {
        var began = ClockReading.Now(time);
        try
        {
            var keys = await source.ReadAsync(isAsked, _stopping.Token).ConfigureAwait(false);
            if (known.Failure is not null) LogBack(source.Name);
            if (keys.Refused.Count > 0 && !ReferenceEquals(keys, known.Keys) && !keys.Refused.SequenceEqual(known.Keys?.Refused ?? [])) LogRefused(source.Name, UntrustedText.Escape(string.Join("; ", keys.Refused), LongestLine));
            return new PublicKeySourceState(source.Name, keys, ClockReading.Now(time), null) { BeganAt = began };
        }
        catch (PublicKeySourceException exception)
        {
            var keys = source.StillAccepted(known.Keys);
            if (known.Failure is null) LogAway(source.Name, keys is null ? "No key from this source is known." : "The known keys stay in use until the stale budget ends.", exception);
            return known with { Failure = exception, Keys = keys };
        }
    }

    [LoggerMessage(EventId = 80, EventName = "KeySourceUnavailable", Level = LogLevel.Warning,
        Message = "Public keys cannot be read from {Source}. {State}")]
    private partial void LogAway(string source, string state, Exception exception);

    [LoggerMessage(EventId = 81, EventName = "KeySourceAvailable", Level = LogLevel.Information, Message = "Public keys can be read from {Source} again.")]
    private partial void LogBack(string source);

    [LoggerMessage(EventId = 82, EventName = "PublicKeyRefused", Level = LogLevel.Warning, Message = "Public keys from {Source} are not used: {Refused}.")]
    private partial void LogRefused(string source, string refused);
}
