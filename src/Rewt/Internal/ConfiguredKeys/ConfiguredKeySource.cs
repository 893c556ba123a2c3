using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>The source of configured keys, without Redis: a private key to sign with, public keys to verify with, or both.</summary>
internal sealed partial class ConfiguredKeySource : IKeySource
{
    private readonly RewtOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyPair? _pair;
    private readonly IPublicKeySource[] _places;
    private int _asked;

    /// <exception cref="InvalidOperationException">The settings contain no usable keys; the message names the setting.</exception>
    public ConfiguredKeySource(RewtOptions options, IKeyDownload? download, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        if (SigningKeySetting.IsGiven(options))
        {
            _pair = SigningKeySetting.TryRead(options, out var problem) ?? throw new InvalidOperationException($"Rewt:{problem}");
            KeyOwners.Bind(_pair.Public.SecurityKey, options.ServiceName!);
        }

        _places = [.. options.VerificationKeys.Distinct(StringComparer.Ordinal).Select(setting => PublicKeySources.Open(setting, options, download, time))];
    }

    /// <summary>Whether keys are configured, so that none are read from Redis.</summary>
    public static bool IsGiven(RewtOptions options) => SigningKeySetting.IsGiven(options) || options.VerificationKeys.Count > 0;

    public string Location(string ring) => "the source in Rewt:VerificationKeys";

    public bool TakesKeyless => true;

    /// <summary>Whether the id is valid. Other issuers may choose any key id.</summary>
    public bool IsPossible(string keyId) => Names.IsIdentifier(keyId);

    public void Ask(string? issuer) => Volatile.Write(ref _asked, 1);

    public async Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken)
    {
        if (command is not null)
        {
            throw new NotSupportedException(
                "Rewt does not rotate or revoke configured keys. Change the keys that Rewt:SigningKeyFile and Rewt:VerificationKeys name.");
        }

        var began = ClockReading.Now(_time);
        var isAsked = Interlocked.Exchange(ref _asked, 0) == 1;
        var known = (previous as ConfiguredKeysSnapshot)?.Places;
        var places = await Task.WhenAll(_places.Select((place, index) => ReadAsync(place, known?[index], isAsked, cancellationToken))).ConfigureAwait(false);
        return new ConfiguredKeysSnapshot(began, _options, _pair, places);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<PublicKeySourceState> ReadAsync(IPublicKeySource place, PublicKeySourceState? known, bool isAsked, CancellationToken cancellationToken)
    {
        try
        {
            var keys = await place.ReadAsync(isAsked, cancellationToken).ConfigureAwait(false);
            if (known?.Failure is not null) LogBack(place.Name);
            if (keys.Refused.Count > 0 && !ReferenceEquals(keys, known?.Keys) && !keys.Refused.SequenceEqual(known?.Keys?.Refused ?? [])) LogRefused(place.Name, string.Join("; ", keys.Refused));
            return new PublicKeySourceState(place.Name, keys, ClockReading.Now(_time), null);
        }
        catch (PublicKeySourceException exception)
        {
            if (known?.Failure is null) LogAway(place.Name, exception);
            return known is null ? new PublicKeySourceState(place.Name, null, ClockReading.Now(_time), exception) : known with { Failure = exception };
        }
    }
}
