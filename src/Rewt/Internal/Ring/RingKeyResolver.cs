using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Resolves keys from the cached key rings. An unknown key id causes one refresh, which concurrent callers share.</summary>
internal sealed class RingKeyResolver(RingRegistry rings, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? keyId, CancellationToken cancellationToken = default) =>
        ResolveForIssuerAsync(ring, null, keyId, cancellationToken);

    public ValueTask<IReadOnlyList<SecurityKey>> ResolveForIssuerAsync(string ring, string? issuer, string? keyId, CancellationToken cancellationToken = default) =>
        rings.TenantOf(ring) is { } tenant
            ? tenant.Rings.ResolveAsync(tenant.Name, keyId, cancellationToken)
            : keyId is not null && AtHand(ring, issuer, keyId, Moment.Now(time)) is { } known
            ? ValueTask.FromResult(known)
            : ResolveSlowAsync(rings.Keepers(ring).Of(keyId), issuer, keyId, cancellationToken);

    /// <summary>Resolves from the cached ring without waiting; <see langword="null"/> when a refresh is necessary.</summary>
    public IReadOnlyList<SecurityKey>? AtHand(string ring, string? issuer, string keyId, Moment now) => rings.TenantOf(ring) is { } tenant
        ? tenant.Rings.AtHand(tenant.Name, keyId, now)
        : AtHand(rings.Keepers(ring), issuer, keyId, now);

    /// <summary>Resolves from cached rings whose keepers the caller already has; <see langword="null"/> when a refresh is necessary.</summary>
    public static IReadOnlyList<SecurityKey>? AtHand(RingKeepers keepers, string? issuer, string keyId, Moment now) =>
        keepers.Of(keyId).FreshAt(now)?.Known(issuer, keyId, now);

    /// <summary>Gets the keepers of a namespace that has no tenants.</summary>
    public RingKeepers Keepers(string @namespace) => rings.Keepers(@namespace);

    /// <summary>Gets the keys to try for a token without a key id after a refresh, because its key may be newer than the cache.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveFreshAsync(string ring, CancellationToken cancellationToken)
    {
        if (rings.TenantOf(ring) is { } tenant)
        {
            return (await tenant.Rings.RefreshAsync(tenant.Name, cancellationToken).ConfigureAwait(false))?.KeylessKeys(Moment.Now(time)) ?? [];
        }

        var keeper = rings.Keepers(ring).Of(null);
        if (!keeper.TakesKeyless) return [];

        keeper.Ask(null);
        return (await keeper.RefreshAsync(cancellationToken).ConfigureAwait(false)).KeylessKeys(Moment.Now(time));
    }

    /// <summary>Throws when a key source is unreachable: the key of an unverified token may be there, so the token must not be called bad.</summary>
    /// <exception cref="RewtKeysUnavailableException">A key source is unreachable.</exception>
    public void RefuseDoubt(string ring)
    {
        if (rings.TenantOf(ring) is null) RefuseDoubt(rings.Keeper(ring).Known);
    }

    /// <summary>
    /// Whether the key belongs to another ring of this process. A key id is derived from its key, so it cannot belong to both rings. Without this
    /// check, each valid token of the other ring would cause a refresh of this one.
    /// </summary>
    public bool IsOfAnotherRing(string @namespace, string? tenant, string keyId)
    {
        if (rings.Names.Count < 2 || Knows(@namespace, tenant, keyId)) return false;

        // A token that names a tenant belongs to a namespace with tenants, even if its key is unknown here.
        if (tenant is not null && rings.Tenants(@namespace) is null && rings.Namespaces.Any(other => rings.Tenants(other) is not null)) return true;
        return rings.Namespaces.Any(other => other != @namespace && Knows(other, tenant, keyId));
    }

    private bool Knows(string @namespace, string? tenant, string keyId) => rings.Tenants(@namespace) is { } tenants
        ? tenant is not null && tenants.Known(tenant)?.Holds(keyId) == true
        : rings.All(@namespace).Any(keeper => Knows(keeper, keyId));

    private static void RefuseDoubt(KeySnapshot? snapshot)
    {
        if (snapshot?.Doubt is { } doubt) throw new RewtKeysUnavailableException(doubt, TimeSpan.FromSeconds(2));
    }

    private bool Knows(RingKeeper keeper, string keyId) =>
        keeper.IsPossible(keyId) && keeper.Known is { } snapshot && snapshot.Known(null, keyId, Moment.Now(time)) is not null;

    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveSlowAsync(
        RingKeeper keeper, string? issuer, string? keyId, CancellationToken cancellationToken)
    {
        var snapshot = await keeper.GetAsync(cancellationToken).ConfigureAwait(false);
        if (keyId is null) return snapshot.KeylessKeys(Moment.Now(time));
        if (snapshot.Known(issuer, keyId, Moment.Now(time)) is { } known) return known;

        keeper.Ask(issuer);
        snapshot = await keeper.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var found = snapshot.Known(issuer, keyId, Moment.Now(time));
        keeper.Metrics.UnknownKey(isFound: found is { Count: > 0 });
        if (found is not null) return found;
        RefuseDoubt(snapshot);
        return [];
    }
}
