using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Seals the secrets of a ring on their way to Redis, and opens them on their way back. A sealed secret is the text <c>rewt-sealed:</c>, its key id, a colon
/// and the text of the protector. Unsealed secrets are read too.
/// </summary>
/// <param name="options">The settings.</param>
/// <param name="protector">The protector; <see langword="null"/> where secrets are not sealed.</param>
/// <param name="time">The clock.</param>
internal sealed class SecretSeal(RewtOptions options, IRewtSecretProtector? protector, TimeProvider time)
{
    private const string Prefix = "rewt-sealed:";

    /// <summary>The name of the secret's own key among the fields of the ring.</summary>
    private const string Slot = "";

    /// <summary>With a read, which may take a second, shorter than the time for which requests wait for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly RedisKeys _keys = new(options.Namespace);

    /// <summary>The secrets of the last reading, and those sealed since then, by their place and text: what has not changed is not opened again.</summary>
    private Dictionary<(string Field, string Text), byte[]> _opened = [];
    private int _unsealed;
    private int _outdated;

    private bool Seals => protector is not null && !options.Sealing.WriteUnsealed;

    /// <summary>Opens the secrets of a reading, whose fields are replaced.</summary>
    /// <returns>The opened secret, and why a secret does not open; <see langword="null"/> if all do.</returns>
    /// <exception cref="SecretProtectorException">The protector failed.</exception>
    public async Task<(SecretSlot Slot, string? Problem)> OpenAsync(SecretSlot slot, Dictionary<string, byte[]> fields, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var former = _opened;
        (_opened, _unsealed, _outdated) = ([], 0, 0);
        try
        {
            string? problem = null;
            foreach (var (field, value) in fields.ToList())
            {
                if (RingCodec.SecretAt(field, value) is not { } start) continue;
                var (secret, trouble) = await OpenAsync(field, value[start..], former, both.Token).ConfigureAwait(false);
                problem ??= trouble;
                fields[field] = [.. value[..start], .. secret];
            }

            if (slot.Value is not { Length: > 0 } stored) return (slot, problem);
            var (opened, reason) = await OpenAsync(Slot, stored, former, both.Token).ConfigureAwait(false);
            return (ReferenceEquals(opened, stored) ? slot : slot with { Value = opened, Sealed = stored }, problem ?? reason);
        }
        catch (SecretProtectorException)
        {
            // What was opened in time is not opened again, so that a slow protector can open all in several reads.
            foreach (var (place, secret) in former) _opened.TryAdd(place, secret);
            throw;
        }
    }

    /// <summary>Seals what a change writes. A secret that stays in its place keeps its text, unless it is to be sealed with another key.</summary>
    /// <exception cref="SecretProtectorException">The protector failed.</exception>
    public async Task<StoredChange> SealAsync(RingReading basis, RingChange change, IEnumerable<RedisValue> fields, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var ring = fields.ToArray();
        for (var index = 0; Seals && index < ring.Length; index += 2)
        {
            byte[] value = ring[index + 1]!;
            if (RingCodec.SecretAt(ring[index]!, value) is { } start) ring[index + 1] = (byte[])[.. value[..start], .. await SealAsync(ring[index]!, value[start..], both.Token).ConfigureAwait(false)];
        }

        // The secret that stays is written again where it is not stored as it should be. Its TTL is that of the deadline.
        var isKept = change.SetSecret is null && !basis.IsDegraded && change.Ring.Current is { } current && current.Bytes.SequenceEqual(basis.Slot.Value);
        var secret = change.SetSecret ?? (isKept && IsOutdated(basis.Slot) ? change.Ring.Current : null);
        if (secret is null) return new StoredChange(null, change.ExpireAt, ring);
        return new StoredChange(Seals ? await SealAsync(Slot, secret.CopyBytes(), both.Token).ConfigureAwait(false) : secret.CopyBytes(), change.ExpireAt ?? change.Ring.Deadline, ring);
    }

    /// <summary>The findings on the last reading.</summary>
    public IEnumerable<Finding> Findings()
    {
        if (!Seals && _unsealed > 0)
        {
            yield return Finding.Information(
                "unsealed", $"The secrets of the namespace '{options.Namespace}' are readable in Redis, so a reader of Redis, of a replica or of a backup can sign as any service; set Rewt:Sealing:Keys.");
        }

        if (Seals && _unsealed + _outdated > 0)
        {
            yield return Finding.Advice(
                "sealing-keys", $"{_unsealed} stored secrets are not sealed, and {_outdated} are sealed with a sealing key other than the first; the next rotation ('rewt keys rotate') seals them with the first. Keep the other sealing keys until then.");
        }

        if (options.IsSealingKeyBesideConnection)
        {
            yield return Finding.Warning(
                "sealing-key-exposed", "A sealing key is in appsettings.json beside the connection string of Redis, so a reader of that file can read the secrets; put the key into a file of its own, and its path into Rewt:Sealing:Keys.");
        }
    }

    private bool IsOutdated(SecretSlot slot) => slot.Sealed is { } text ? !Seals || IsOutdated(Encoding.UTF8.GetString(text)) : Seals;

    private bool IsOutdated(string text) => protector is SealingKeys keys && Parts(text) is (_, var payload) && !keys.IsOfFirst(payload);

    private async Task<(byte[] Secret, string? Problem)> OpenAsync(string field, byte[] stored, Dictionary<(string Field, string Text), byte[]> former, CancellationToken cancellationToken)
    {
        if (!stored.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Prefix)))
        {
            _unsealed++;
            return (stored, null);
        }

        var text = Encoding.UTF8.GetString(stored);
        if (IsOutdated(text)) _outdated++;
        if (!former.TryGetValue((field, text), out var secret))
        {
            var where = field.Length == 0 ? "its value" : $"the field '{UntrustedText.Escape(field)}' of its ring";
            if (protector is null) return ([], $"{where} is sealed, and this instance has no sealing key; set Rewt:Sealing:Keys to the sealing keys of the fleet");
            try
            {
                var (keyId, payload) = Parts(text) ?? throw new CryptographicException("is sealed, but not by Rewt");
                secret = await AskAsync(cancellation => protector.UnprotectAsync(payload, AssociatedData(field, keyId), cancellation), cancellationToken).ConfigureAwait(false);
                if (KeyId.Of(secret) != keyId) throw new CryptographicException("is sealed, but has another key id");
            }
            catch (CryptographicException exception)
            {
                var reason = protector is SealingKeys ? exception.Message : "is sealed, and the IRewtSecretProtector of this application does not open it";
                return ([], $"{where} {reason}; set Rewt:Sealing:Keys to the sealing keys of the fleet, or if they are lost, delete '{_keys.Secret}' and '{_keys.Ring}' with DEL, and a new secret is created");
            }
        }

        _opened[(field, text)] = secret;
        return (secret, null);
    }

    private async Task<byte[]> SealAsync(string field, byte[] secret, CancellationToken cancellationToken)
    {
        var (place, known) = _opened.FirstOrDefault(one => one.Key.Field == field && one.Value.AsSpan().SequenceEqual(secret));
        if (known is not null && !IsOutdated(place.Text)) return Encoding.UTF8.GetBytes(place.Text);

        var keyId = KeyId.Of(secret);
        var text = $"{Prefix}{keyId}:{await AskAsync(cancellation => protector!.ProtectAsync(secret, AssociatedData(field, keyId), cancellation), cancellationToken).ConfigureAwait(false)}";
        var stored = Encoding.UTF8.GetBytes(text);
        if (stored.Length > SecretSlot.MaximumBytes) throw RingHealth.Explained(new SecretProtectorException("The text of the IRewtSecretProtector is longer than 8,000 characters."));
        _opened[(field, text)] = secret;
        return stored;
    }

    private static async Task<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        Task<T>? asked = null;
        try
        {
            asked = ask(cancellationToken).AsTask();
            return await asked.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not CryptographicException)
        {
            asked?.Abandon();
            var what = cancellationToken.IsCancellationRequested ? "did not answer within 3 s" : $"failed ({RingHealth.Cause(exception)})";
            throw RingHealth.Explained(new SecretProtectorException($"The IRewtSecretProtector of this application {what}. Check its key service.", exception));
        }
    }

    /// <summary>Binds a sealed secret to its place. No two places have the same text, because only the field can contain a vertical bar.</summary>
    private string AssociatedData(string field, string keyId) =>
        $"rewt secret v1|{options.Namespace}|{(field.Length == 0 ? _keys.Secret : _keys.Ring)}|{field}|{keyId}";

    private static (string KeyId, string Payload)? Parts(string text)
    {
        var end = Prefix.Length + KeyId.Length;
        return text.Length > end && text[end] == ':' && KeyId.IsPossible(text[Prefix.Length..end]) ? (text[Prefix.Length..end], text[(end + 1)..]) : null;
    }
}
