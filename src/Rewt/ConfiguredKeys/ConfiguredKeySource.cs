using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The key source of a namespace whose keys are in settings, files or URLs instead of Redis. At each refresh, the source reads the public keys again.
/// The source returns a snapshot with the public keys and, if configured, the private signing key.
/// </summary>
internal sealed partial class ConfiguredKeySource : IKeySource
{
    /// <summary>
    /// The longest time that a refresh waits for the sources of public keys. The keys of a source that answers later become part of the next refresh.
    /// </summary>
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMilliseconds(250);

    private readonly RewtOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyPair? _pair;
    private readonly PublicKeyReader[] _sources;
    private readonly TimeSpan _patience;
    private readonly ServiceIdentity? _identity;
    private PendingRead _lateAnswer = new();
    private Action? _onChanged;
    private int _asked;

    /// <exception cref="InvalidOperationException">The settings contain no usable keys. The message names the setting.</exception>
    public ConfiguredKeySource(RewtOptions options, IKeyDownload? download, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        if (SigningKeySetting.IsConfigured(options))
        {
            _pair = SigningKeySetting.TryRead(options, out var problem) ?? throw new InvalidOperationException($"{options.Section}:{problem}");
            _pair.Public.BelongTo(options.ServiceName!);
        }

        _identity = ServiceIdentity.Open(options, time);
        // Known keys must not become too old while a source is waited for.
        _patience = options.RefreshInterval / 8 < LongestPatience ? options.RefreshInterval / 8 : LongestPatience;
        _sources = [.. options.VerificationKeys.Distinct(StringComparer.Ordinal).Select(setting => new PublicKeyReader(PublicKeySourceFactory.Open(setting, options, download, time, _identity), time, logger))];
    }

    /// <summary>Returns whether the settings contain keys. If the settings contain keys, the keys in Redis are not read.</summary>
    public static bool IsConfigured(RewtOptions options) => SigningKeySetting.IsConfigured(options) || options.VerificationKeys.Count > 0;

    public string Location(string @namespace) => $"the source in {_options.Section}:VerificationKeys";

    public bool HasChosenKeyIds => true;

    public bool TakesKeyless => true;

    /// <summary>
    /// Returns whether a key can have the given id. Any valid identifier is possible, because other issuers choose the ids of their keys.
    /// </summary>
    public bool IsPossible(KeyId keyId) => Names.IsIdentifier(keyId.ToString());

    public void RequestKeysOf(string? issuer) => Volatile.Write(ref _asked, 1);

    public async Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken)
    {
        if (command is not null)
        {
            throw new NotSupportedException(
                $"Rewt does not rotate or revoke configured keys. Change the keys that {_options.Section}:SigningKey:File and {_options.Section}:VerificationKeys name.");
        }

        if (_identity is not null) await _identity.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var began = ClockReading.Now(_time);
        var isAsked = Interlocked.Exchange(ref _asked, 0) == 1;
        foreach (var source in _sources) await source.BeginAsync(isAsked).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_sources.Select(source => source.Reading)).WaitAsync(_patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The keys known from the slow sources are used until they answer.
        }

        var lateAnswer = Volatile.Read(ref _lateAnswer);
        var sources = new List<PublicKeySourceState>();
        foreach (var source in _sources) sources.Add(await source.TakeAsync(OnLateAnswer).ConfigureAwait(false));
        var snapshot = new ConfiguredKeysSnapshot(began, _options, _pair, sources) { LateAnswer = lateAnswer };
        if (snapshot.Conflict is { } conflict && conflict != (previous as ConfiguredKeysSnapshot)?.Conflict) LogConflict(conflict);
        return snapshot;
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        _onChanged = onChange;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync().ConfigureAwait(false);
    }

    private void OnLateAnswer()
    {
        Interlocked.Exchange(ref _lateAnswer, new PendingRead()).Complete();
        _onChanged?.Invoke();
    }

    [LoggerMessage(EventId = 83, EventName = "KeyIdConflict", Level = LogLevel.Warning, Message = "{Conflict}")]
    private partial void LogConflict(string conflict);
}
