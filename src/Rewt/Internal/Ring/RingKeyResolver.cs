using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Keys from the cached rings; an unknown key id asks the store once, shared with all who ask at the same time.</summary>
internal sealed class RingKeyResolver(RingRegistry rings, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? keyId, CancellationToken cancellationToken = default) =>
        ResolveForIssuerAsync(ring, null, keyId, cancellationToken);

    public ValueTask<IReadOnlyList<SecurityKey>> ResolveForIssuerAsync(string ring, string? issuer, string? keyId, CancellationToken cancellationToken = default)
    {
        if (rings.TenantOf(ring) is { } tenant) return tenant.Rings.ResolveAsync(tenant.Name, keyId, cancellationToken);

        var keeper = rings.Keeper(ring);
        return keyId is not null && keeper.Fresh is { } snapshot && snapshot.Known(issuer, keyId, time) is { } known
            ? ValueTask.FromResult(known)
            : ResolveSlowAsync(keeper, issuer, keyId, cancellationToken);
    }

    /// <summary>The keys for a token that names none, from a fresh read: the one it was signed with may be newer than the cache.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveFreshAsync(string ring, CancellationToken cancellationToken) => rings.TenantOf(ring) is { } tenant
        ? (await tenant.Rings.RefreshAsync(tenant.Name, cancellationToken).ConfigureAwait(false))?.KeylessKeys(time) ?? []
        : (await rings.Keeper(ring).RefreshAsync(cancellationToken).ConfigureAwait(false)).KeylessKeys(time);

    /// <summary>
    /// Whether the key is another ring's of this process. A key id is derived from its key, so it can be no other's, and asking the store of this ring about it
    /// would make each good token of the other cost a read.
    /// </summary>
    public bool IsOfAnotherRing(string @namespace, string? tenant, string keyId)
    {
        if (rings.Names.Count < 2 || Knows(@namespace, tenant, keyId)) return false;

        // Only where tenants are may one that names a tenant be at home, known here or not.
        if (tenant is not null && rings.Tenants(@namespace) is null && rings.Namespaces.Any(other => rings.Tenants(other) is not null)) return true;
        return rings.Namespaces.Any(other => other != @namespace && Knows(other, tenant, keyId));
    }

    private bool Knows(string @namespace, string? tenant, string keyId) => rings.Tenants(@namespace) is { } tenants
        ? tenant is not null && tenants.Known(tenant)?.Holds(keyId) == true
        : Knows(rings.Keeper(@namespace), keyId);

    private bool Knows(RingKeeper keeper, string keyId) =>
        keeper.IsPossible(keyId) && keeper.Known is { } snapshot && snapshot.Known(null, keyId, time) is not null;

    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveSlowAsync(
        RingKeeper keeper, string? issuer, string? keyId, CancellationToken cancellationToken)
    {
        var snapshot = await keeper.GetAsync(cancellationToken).ConfigureAwait(false);
        if (keyId is null) return snapshot.KeylessKeys(time);
        if (snapshot.Known(issuer, keyId, time) is { } known) return known;

        if (issuer is not null) keeper.Ask(issuer);
        snapshot = await keeper.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return snapshot.Known(issuer, keyId, time) ?? [];
    }
}
