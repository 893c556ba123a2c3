using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Seals (encrypts) the secrets of a ring before they are written to Redis, and opens (decrypts) them after they were read. The class uses the
/// <see cref="IRewtSecretProtector"/> of the application, or <see cref="SealingKeys"/>. A sealed secret consists of the text <c>rewt-sealed:</c>, the
/// key id, a colon and the encrypted text. Secrets that are not sealed can be read too. Without a protector, secrets are not sealed.
/// </summary>
internal sealed class SecretSeal(RewtOptions options, IRewtSecretProtector? protector, TimeProvider time)
{
    private const string Prefix = "rewt-sealed:";

    /// <summary>
    /// The name of the place of the current secret, which is stored in a Redis key of its own. All other secrets are stored in fields of the ring.
    /// </summary>
    private const string Slot = "";

    /// <summary>
    /// The time after a protector failure during which writes that need the protector fail at once, so that reads and requests do not wait for the
    /// protector repeatedly.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time limit of a call to the protector. A read (one second) and a call to the protector together are shorter than the time for which
    /// requests wait.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The maximum number of sealing keys for which separate findings are returned. Without this limit, any Redis user that may write the list of
    /// instances could add entries and fill the log.
    /// </summary>
    private const int MostKeys = 4;

    /// <summary>
    /// The number of blocked threads at which further calls to the protector fail at once. Without this limit, each read would block another thread while
    /// a synchronous protector does not return.
    /// </summary>
    private const int MostBlocked = 2;

    private readonly RedisKeys _keys = new(options.Namespace);

    /// <summary>
    /// The secrets of the last reading, and the secrets that were sealed since then, by their place and text. A secret that has not changed is not
    /// opened again.
    /// </summary>
    private Dictionary<(string Field, string Text), byte[]> _opened = [];
    private int _executing;
    private int _blocked;
    private int _sealed;
    private int _unsealed;
    private int _outdated;
    private bool _isComplete;

    /// <summary>The reason why the last sealed secret could not be opened; <see langword="null"/> if it was opened.</summary>
    private SealProblem? _unopened;
    private (ClockReading At, SecretProtectorException Exception)? _failed;

    /// <summary>
    /// The names of the sealing keys that this instance writes into the list of live instances; <see langword="null"/> if this instance has none.
    /// </summary>
    public SealingState? State { get; } = protector is null ? null : new(!options.Sealing.WriteUnsealed, protector is SealingKeys keys ? keys.Names : []);

    private bool Seals => State is { Seals: true };

    /// <summary>Opens the secrets of a reading, and replaces the sealed values in <paramref name="fields"/>.</summary>
    /// <returns>The opened current secret, and the reason why a secret could not be opened. The reason is <see langword="null"/> if all secrets were
    /// opened.</returns>
    /// <exception cref="SecretProtectorException">The protector failed or did not answer in time.</exception>
    public async Task<(SecretSlot Slot, SealProblem? Problem)> OpenAsync(SecretSlot slot, Dictionary<string, byte[]> fields, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _blocked = Volatile.Read(ref _executing);
        var former = _opened;
        (_opened, _sealed, _unsealed, _outdated, _isComplete) = ([], 0, 0, 0, false);
        try
        {
            foreach (var (field, value) in fields.ToList())
            {
                if (RingCodec.SecretAt(field, value) is not { } start) continue;
                var (secret, unopened) = await OpenAsync(field, value[..start], value[start..], former, both.Token, cancellationToken).ConfigureAwait(false);
                if (unopened is not null) return (slot with { Value = [] }, unopened);
                fields[field] = [.. value[..start], .. secret];
            }

            if (slot.Value is not { Length: > 0 } stored) return (slot, IsForOthers(slot) ? _unopened : null);
            var (opened, reason) = await OpenAsync(Slot, [], stored, former, both.Token, cancellationToken).ConfigureAwait(false);
            _isComplete = reason is null;
            // All secrets can be read now, sealed or not.
            if (reason is null) _unopened = null;
            return (ReferenceEquals(opened, stored) ? slot : slot with { Value = opened, Sealed = stored }, reason);
        }
        catch (SecretProtectorException)
        {
            // What was opened in time is not opened again, so that a slow protector can open all in several reads.
            foreach (var (place, secret) in former) _opened.TryAdd(place, secret);
            throw;
        }
    }

    /// <summary>
    /// Seals the secrets that a change writes. The stored text of a secret is kept if the secret stays in its place, unless it must be sealed with
    /// another key.
    /// </summary>
    /// <exception cref="SecretProtectorException">The protector failed or did not answer in time.</exception>
    public async Task<StoredChange> SealAsync(RingReading basis, RingChange change, IEnumerable<HashEntry> fields, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _blocked = Volatile.Read(ref _executing);
        var ring = fields.ToArray();

        // A secret that stays is written again if it should be sealed and is not, or the other way round, or with another key.
        var isKept = change.SetSecret is null && !basis.IsDegraded && change.Ring.Current is { } current && current.Bytes.SequenceEqual(basis.Slot.Value);
        var secret = change.SetSecret ?? (isKept && IsOutdated(basis.Slot) ? change.Ring.Current : null);
        if (!Seals) return new StoredChange(secret?.CopyBytes(), change.ExpireAt, ring);

        try
        {
            // A degraded login writes the secret only.
            List<(int Index, int Start)> places = [];
            for (var index = 0; !basis.IsDegraded && index < ring.Length; index++)
            {
                if (RingCodec.SecretAt(ring[index].Name!, (byte[])ring[index].Value!) is { } start) places.Add((index, start));
            }

            // All at once, so that several calls of a remote key service take as long as one.
            var seals = places.ConvertAll(place => SealFieldAsync(ring[place.Index].Name!, ring[place.Index].Value!, place.Start));
            if (secret is not null) seals.Add(SealAsync(Slot, secret.CopyBytes(), both.Token, cancellationToken));
            var texts = await Task.WhenAll(seals).ConfigureAwait(false);
            foreach (var (place, text) in places.Zip(texts)) ring[place.Index] = new HashEntry(ring[place.Index].Name, text.Stored);
            foreach (var (place, text, opened, _) in texts) _opened[(place, text)] = opened;
            return new StoredChange(secret is null ? null : texts[^1].Stored, change.ExpireAt, ring);
        }
        catch (SecretProtectorException exception) when (exception != _failed?.Exception)
        {
            _failed = (ClockReading.Now(time), exception);
            throw;
        }

        async Task<(string Place, string Text, byte[] Secret, byte[] Stored)> SealFieldAsync(string field, byte[] value, int start)
        {
            var text = await SealAsync(PlaceOf(field, value[..start]), value[start..], both.Token, cancellationToken).ConfigureAwait(false);
            return text with { Stored = [.. value[..start], .. text.Stored] };
        }
    }

    /// <summary>Returns the doctor's findings about sealing, for the last reading.</summary>
    /// <param name="live">The live instances, with their sealing keys.</param>
    public IEnumerable<Finding> Findings(IReadOnlyList<InstanceHeartbeat> live)
    {
        var others = live.Where(instance => Seals ? instance.Sealing is not { Seals: true } sealing || sealing.SealingKey != State!.SealingKey : instance.Sealing is { Seals: true }).ToList();
        if (!Seals && _unsealed > 0)
        {
            var isOff = State is not null && _isComplete && _sealed == 0 && others.Count == 0;
            yield return Finding.Information(
                "unsealed",
                $"The secrets of the namespace '{options.Namespace}' are readable in Redis, so a reader of Redis, of a replica or of a backup can sign as any service; "
                + (isOff ? "to seal them, remove Sealing:WriteUnsealed. No secret is sealed and no live instance seals, so Sealing:WriteUnsealed and Sealing:Keys can be removed." : $"set {options.Section}:Sealing:Keys."));
        }

        if (Seals && _unsealed + _outdated > 0)
        {
            yield return Finding.Advice(
                "sealing-keys", $"{_unsealed} stored secrets are not sealed, and {_outdated} are sealed with a sealing key other than the first; the next rotation of a service seals them with the first ('rewt keys rotate --seal'). Keep the other sealing keys until then.");
        }
        else if (!Seals && State is not null && _sealed > 0)
        {
            yield return Finding.Advice("sealing-keys", $"{_sealed} stored secrets are still sealed; the next rotation of a service that sets Sealing:WriteUnsealed writes them bare. Keep the sealing keys until then.");
        }
        else if (State is not null && _isComplete && others.Count > 0)
        {
            yield return Finding.Advice(
                "sealing-keys", Seals ? $"{Named(others)} does not seal with the first sealing key of this service, so RequireSealed must not be set, and no sealing key must be removed."
                    : $"{Named(others)} still seals, so the sealing keys must not be removed; set Sealing:WriteUnsealed at all instances.");
        }
        else if (Seals && _isComplete && _sealed > 0)
        {
            yield return Finding.Information(
                "sealed", $"All {_sealed} stored secrets are sealed with the first sealing key, and all {live.Count} live instances seal with it: Sealing:RequireSealed can be set, and other sealing keys can be removed.");
        }

        foreach (var finding in Differences(live)) yield return finding;
        if (options.IsSealingKeyBesideConnection)
        {
            yield return Finding.Warning(
                "sealing-key-exposed", $"A sealing key is in appsettings.json beside the connection string of Redis, so a reader of that file can read the secrets; move the key to a separate file, and set {options.Section}:Sealing:Keys to the path of the file.");
        }
    }

    /// <summary>Returns a finding for each sealing key whose secrets some live instances cannot open.</summary>
    private static IEnumerable<Finding> Differences(IReadOnlyList<InstanceHeartbeat> live) =>
        from sealing in live.Where(instance => instance.Sealing is { Seals: true }).GroupBy(instance => instance.Sealing!.SealingKey, StringComparer.Ordinal).Take(MostKeys)
        let blind = live.Where(instance => instance.Sealing?.Opens(sealing.Key) != true).ToList()
        where blind.Count > 0
        select Finding.Warning(
            "sealing-keys-differ",
            $"{Named(blind)} cannot open what {sealing.First().Instance} seals{(sealing.Key.Length == 0 ? "" : $" with the sealing key {sealing.Key}")}, and will be without keys after the next rotation; give all instances the same Sealing:Keys, and append a new key before any instance seals with it.");

    /// <summary>Returns the names of some instances as the subject of a sentence.</summary>
    private static string Named(List<InstanceHeartbeat> instances) =>
        $"The instance {instances[0].Instance}{(instances.Count > 1 ? $" (and {instances.Count - 1} more)" : "")}";

    /// <summary>
    /// Returns whether this instance leaves the creation of the next secret to other instances, because it could not open the last secret and probably has
    /// the wrong sealing key. The other instances could not open its secret, or the secret would not be sealed.
    /// </summary>
    private bool IsForOthers(SecretSlot slot) => _unopened is not null && _opened.Count == 0 && slot.IsAbsent;

    private bool IsOutdated(SecretSlot slot) => slot.Sealed is { } text ? !Seals || IsOutdated(Parts(Encoding.UTF8.GetString(text))) : Seals;

    private bool IsOutdated((KeyId KeyId, string Payload)? parts) => protector is SealingKeys keys && parts is (_, var payload) && !keys.IsOfFirst(payload);

    /// <summary>
    /// Returns the place of a secret, which is the name of its field. For a retired secret, the place includes the time until which the secret
    /// verifies, so that a writer of Redis cannot extend this time.
    /// </summary>
    private static string PlaceOf(string field, byte[] before) => before.Length == 0 ? field : $"{field}|{Encoding.UTF8.GetString(before)}";

    private async Task<(byte[] Secret, SealProblem? Problem)> OpenAsync(
        string field, byte[] before, byte[] stored, Dictionary<(string Field, string Text), byte[]> former, CancellationToken limited, CancellationToken cancellationToken)
    {
        var place = PlaceOf(field, before);
        var where = field.Length == 0 ? "its value" : $"the field '{UntrustedText.Escape(field)}' of its ring";
        if (!stored.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Prefix)))
        {
            _unsealed++;
            return options.Sealing.RequireSealed
                ? ([], new SealProblem($"{where} is not sealed, and {options.Section}:Sealing:RequireSealed is true; set Sealing:Keys in every service of the namespace, or remove RequireSealed until 'rewt doctor' reports 'sealed'. Delete '{_keys.Secret}' and '{_keys.Ring}' with DEL only if every service seals") { UnsealedPlace = where })
                : (stored, null);
        }

        var text = Encoding.UTF8.GetString(stored);
        _sealed++;
        var parts = Parts(text);
        if (IsOutdated(parts)) _outdated++;
        if (!former.TryGetValue((place, text), out var secret))
        {
            if (protector is null) return ([], _unopened = new SealProblem($"{where} is sealed, and this instance has no sealing key; set {options.Section}:Sealing:Keys to the sealing keys of the fleet"));
            try
            {
                var (keyId, payload) = parts ?? throw new CryptographicException("is sealed, but not by Rewt");
                secret = await AskAsync(cancellation => protector.UnprotectAsync(payload, AssociatedData(place, keyId), cancellation), isOpening: true, limited, cancellationToken).ConfigureAwait(false);
                if (KeyId.Of(secret) != keyId) throw new CryptographicException("is sealed, but has another key id");
            }
            catch (CryptographicException exception)
            {
                var reason = new SealProblem(protector is SealingKeys
                    ? $"{where} {exception.Message}; set {options.Section}:Sealing:Keys to the sealing keys of the fleet, or if they are lost, delete '{_keys.Secret}' and '{_keys.Ring}' with DEL, and restart the services with new sealing keys"
                    : $"{where} is sealed, and the IRewtSecretProtector of this application does not open it; check its keys and its key service");
                // If the sealing key is known, another program has changed the text, and the keys of this instance are right.
                if (protector is not SealingKeys keys || parts is not (_, var sealedText) || !keys.Knows(sealedText)) _unopened = reason;
                return ([], reason);
            }
        }

        _unopened = null;
        _opened[(place, text)] = secret;
        return (secret, null);
    }

    private async Task<(string Place, string Text, byte[] Secret, byte[] Stored)> SealAsync(string place, byte[] secret, CancellationToken limited, CancellationToken cancellationToken)
    {
        var (known, opened) = _opened.FirstOrDefault(one => one.Key.Field == place && one.Value.AsSpan().SequenceEqual(secret));
        if (opened is not null && !IsOutdated(Parts(known.Text))) return (place, known.Text, secret, Encoding.UTF8.GetBytes(known.Text));

        if (_failed is { } failed && failed.At.Elapsed(time) < Pause) throw failed.Exception;
        var keyId = KeyId.Of(secret);
        var text = $"{Prefix}{keyId}:{await AskAsync(cancellation => protector!.ProtectAsync(secret, AssociatedData(place, keyId), cancellation), isOpening: false, limited, cancellationToken).ConfigureAwait(false)}";
        var stored = Encoding.UTF8.GetBytes(text);
        if (stored.Length > SecretSlot.MaximumBytes) throw StoreFailure.Explained(new SecretProtectorException("The text of the IRewtSecretProtector is longer than 8,000 characters."));
        return (place, text, secret, stored);
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, bool isOpening, CancellationToken limited, CancellationToken cancellationToken)
    {
        Task<T>? asked = null;
        try
        {
            if (_blocked >= MostBlocked) throw new TimeoutException("Earlier calls have not returned.");
            // On the thread pool, because a protector of the application may block.
            asked = protector is SealingKeys ? ask(limited).AsTask() : Task.Run(Begin, limited);
            return await asked.WaitAsync(limited).ConfigureAwait(false);
        }
        catch (Exception exception) when (!(isOpening && OutageIn(exception) is null) && !cancellationToken.IsCancellationRequested)
        {
            asked?.Abandon();
            var what = _blocked >= MostBlocked ? "has not returned from earlier calls" : limited.IsCancellationRequested ? "did not answer within 3 s" : $"failed ({StoreFailure.Cause(OutageIn(exception) ?? exception)})";
            throw StoreFailure.Explained(new SecretProtectorException($"The IRewtSecretProtector of this application {what}. Check its key service.", exception));
        }

        Task<T> Begin()
        {
            Interlocked.Increment(ref _executing);
            try
            {
                return ask(limited).AsTask();
            }
            finally
            {
                Interlocked.Decrement(ref _executing);
            }
        }
    }

    /// <summary>
    /// Returns the exception that shows an outage, such as an unavailable key store; <see langword="null"/> if the encrypted text or the key is wrong.
    /// ASP.NET Core Data Protection wraps all exceptions in a <see cref="CryptographicException"/>, including exceptions of its key store.
    /// </summary>
    private static Exception? OutageIn(Exception exception)
    {
        if (exception is not CryptographicException) return exception;
        var cause = exception.InnerException;
        while (cause is CryptographicException or FormatException or ArgumentException or AggregateException { InnerException: not null }) cause = cause.InnerException;
        return cause;
    }

    /// <summary>
    /// Returns the text that binds a sealed secret to its place. The texts of two places always differ, because only the name of a place can contain a
    /// vertical bar.
    /// </summary>
    private string AssociatedData(string place, KeyId keyId) =>
        $"rewt secret v1|{options.Namespace}|{(place.Length == 0 ? _keys.Secret : _keys.Ring)}|{place}|{keyId}";

    private static (KeyId KeyId, string Payload)? Parts(string text)
    {
        var end = Prefix.Length + KeyId.Length;
        return text.Length > end && text[end] == ':' && KeyId.TryParse(text[Prefix.Length..end]) is { IsOfSecret: true } keyId ? (keyId, text[(end + 1)..]) : null;
    }
}
