using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The default <see cref="IIssuerSigningKeyResolver"/>. The resolver returns, from the key rings in memory, the keys that may verify a token. An
/// unknown key id causes one refresh, which concurrent callers share.
/// </summary>
internal sealed class KeyRingResolver(KeyRingRegistry rings, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
    {
        var keyRings = rings.KeyRings(request.Namespace);
        var keyId = KeyId.TryParse(request.KeyId);
        // A token with an empty kid has no valid key id, and does not count as a token without a key id.
        if (request.KeyId is not null && keyId is null) return ValueTask.FromResult<IReadOnlyList<SecurityKey>>([]);
        if (request.Tenant is { } tenant) return ResolveTenantAsync(keyRings, tenant, keyId, cancellationToken);
        return keyId is null && request.Tried is { } tried
            ? ResolveNewerAsync(keyRings.Of(null), tried, cancellationToken)
            : ResolveAsync(keyRings, request.Issuer, keyId, cancellationToken);
    }

    /// <summary>Returns, from the key rings in memory, the keys that may verify a token; <see langword="null"/> if a refresh is necessary.</summary>
    public static IReadOnlyList<SecurityKey>? InMemory(NamespaceKeyRings keyRings, string? issuer, KeyId keyId, ClockReading now) =>
        keyRings.Of(keyId).FreshAt(now)?.Known(issuer, keyId, now);

    /// <summary>
    /// Returns the limit that a search for this key would exceed; <see langword="null"/> if the key is known or may be searched for.
    /// </summary>
    public static UnknownKeyLimit? ExceededLimit(NamespaceKeyRings keyRings, string? issuer, KeyId keyId, ClockReading now)
    {
        var keyRing = keyRings.Of(keyId);
        return keyRing.UnknownKeys.Refuses((issuer, keyId)) && keyRing.FreshAt(now) is { } fresh && fresh.Known(issuer, keyId, now) is null ? keyRing.UnknownKeys : null;
    }

    /// <summary>Returns the key rings of a namespace.</summary>
    public NamespaceKeyRings KeyRings(string @namespace) => rings.KeyRings(@namespace);

    /// <summary>
    /// Returns whether a key belongs to another key ring of this process. The key ids of shared secrets and of key pairs are derived from the keys, so
    /// such key rings never share an id. The signers of configured keys choose the key ids, so two such key rings may have different keys with one id.
    /// Without this check, each valid token of the other key ring would cause a refresh of this key ring.
    /// </summary>
    public bool IsOfAnotherRing(string @namespace, string? tenant, KeyId keyId, bool hasChosenKeyIds)
    {
        if (rings.Names.Count < 2 || Knows(@namespace, tenant, keyId)) return false;

        // A token that names a tenant and has the key id of one belongs to a namespace with tenants, even if its key is unknown here.
        if (tenant is not null && TenantKeyId.TryParse(keyId, out _, out _) && !rings.HasTenants(@namespace) && rings.Namespaces.Any(rings.HasTenants)) return true;
        return rings.Namespaces.Any(other => other != @namespace && !(hasChosenKeyIds && rings.Provider(other).HasChosenKeyIds) && Knows(other, tenant, keyId));
    }

    private bool Knows(string @namespace, string? tenant, KeyId keyId)
    {
        if (rings.HasTenants(@namespace)) return tenant is not null && TenantKeyId.TryParse(keyId, out var secretId, out _) && Knows(rings.Provider(@namespace), secretId);
        return rings.All(@namespace).Any(keyRing => Knows(keyRing, keyId));
    }

    private ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(NamespaceKeyRings keyRings, string? issuer, KeyId? keyId, CancellationToken cancellationToken) =>
        keyId is { } named && InMemory(keyRings, issuer, named, ClockReading.Now(time)) is { } known
            ? ValueTask.FromResult(known)
            : ResolveSlowAsync(keyRings.Of(keyId), issuer, keyId, cancellationToken);

    /// <summary>Derives the key of a tenant from the secret that the key id names. The store is read only if the secret is unknown.</summary>
    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveTenantAsync(NamespaceKeyRings keyRings, string tenant, KeyId? keyId, CancellationToken cancellationToken)
    {
        if (keyRings.Own.Tenants is not { } tenants || !Names.IsName(tenant) || keyId is not { } named || !TenantKeyId.TryParse(named, out var secretId, out var generation)) return [];
        var secrets = await ResolveAsync(keyRings, null, secretId, cancellationToken).ConfigureAwait(false);
        return secrets is [RingSecurityKey secret] ? tenants.Derive(tenant, secret.Secret, generation) : [];
    }

    /// <summary>
    /// Refreshes the keys, and returns the keys that have not been tried yet for a token without a key id. If there are no such keys and a key source
    /// is unreachable, the method throws, because the unreachable source may have the key of the token.
    /// </summary>
    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveNewerAsync(KeyRingProvider keyRing, IReadOnlyList<SecurityKey> tried, CancellationToken cancellationToken)
    {
        if (!keyRing.TakesKeyless) return [];

        var snapshot = await AskAsync(keyRing, null, null, cancellationToken).ConfigureAwait(false);
        var newer = snapshot.KeylessKeys(ClockReading.Now(time)).Except(tried).ToList();
        if (newer.Count == 0) ThrowIfUnresolved(snapshot, null, null);
        return newer;
    }

    private static void ThrowIfUnresolved(KeySnapshot snapshot, string? issuer, KeyId? keyId)
    {
        if (snapshot.UnresolvedReason(issuer, keyId) is { } reason) throw new RewtKeysUnavailableException(reason, TimeSpan.FromSeconds(2));
    }

    private bool Knows(KeyRingProvider keyRing, KeyId keyId) =>
        keyRing.IsPossible(keyId) && keyRing.Known is { } snapshot && snapshot.Known(null, keyId, ClockReading.Now(time)) is not null;

    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveSlowAsync(
        KeyRingProvider keyRing, string? issuer, KeyId? requested, CancellationToken cancellationToken)
    {
        var snapshot = await keyRing.GetAsync(cancellationToken).ConfigureAwait(false);
        if (requested is not { } keyId) return snapshot.KeylessKeys(ClockReading.Now(time));
        if (snapshot.Known(issuer, keyId, ClockReading.Now(time)) is { } known) return known;

        await keyRing.UnknownKeys.BeginAsync((issuer, keyId), cancellationToken).ConfigureAwait(false);
        try
        {
            snapshot = await AskAsync(keyRing, issuer, keyId, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            keyRing.UnknownKeys.End((issuer, keyId));
        }

        var found = snapshot.Known(issuer, keyId, ClockReading.Now(time));
        keyRing.Metrics.UnknownKey(isFound: found is { Count: > 0 });
        if (found is not null) return found;
        ThrowIfUnresolved(snapshot, issuer, keyId);
        return [];
    }

    /// <summary>Refreshes the keys, and waits until the key is found or all sources that may have the key have answered.</summary>
    private async ValueTask<KeySnapshot> AskAsync(KeyRingProvider keyRing, string? issuer, KeyId? keyId, CancellationToken cancellationToken)
    {
        keyRing.RequestKeysOf(issuer);
        var (asked, limit) = (ClockReading.Now(time), PendingRead.Limit(isFirst: false));
        var snapshot = await keyRing.RefreshAsync(cancellationToken).ConfigureAwait(false);
        while (snapshot.UnansweredSince(asked) is { } answer && IsMissing())
        {
            var rest = limit - asked.Elapsed(time);
            if (rest <= TimeSpan.Zero || !await answer.WaitAsync(rest, time, cancellationToken).ConfigureAwait(false)) break;
            snapshot = await keyRing.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        // Each read verifies only some of the new keys.
        while (keyId is { } named && snapshot.IsUnchecked(issuer, named) && IsMissing() && asked.Elapsed(time) < limit) snapshot = await keyRing.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return snapshot;

        bool IsMissing() => keyId is not { } searched || snapshot.Known(issuer, searched, ClockReading.Now(time)) is null;
    }
}
