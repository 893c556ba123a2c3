using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Finds the key of a token for the commands <c>rewt token verify</c> and <c>rewt token explain</c>. The tool reads the secrets, the tenants and the
/// key pairs of the namespace once.
/// </summary>
internal sealed class SnapshotKeyResolver(RingSnapshot ring, PairSnapshot? pairs, ITenantStore tenants, string @namespace, TimeProvider time) : IIssuerSigningKeyResolver
{
    /// <summary>
    /// The state of the token's tenant, if the token is refused because the tenant was revoked or deleted; otherwise <see langword="null"/>.
    /// </summary>
    public TenantState? Refusing { get; private set; }

    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
    {
        var now = ClockReading.Now(time);
        if (KeyId.TryParse(request.KeyId) is not { } keyId) return ring.KeylessKeys(now);
        if (request.Tenant is not { } tenant) return ring.Find(keyId, now) ?? pairs?.Known(request.Issuer, keyId, now) ?? [];
        if (!TenantKeyId.TryParse(keyId, out var secretId, out var generation) || ring.Find(secretId, now) is not [RingSecurityKey secret]) return [];

        var state = (await tenants.FindAsync([tenant], cancellationToken))[0];
        if (TenantCache.IsValid(state, secretId, generation, ring)) return [new TenantSecurityKey((_, _) => new(true), new(@namespace, tenant), secret.Secret, generation)];
        Refusing = state;
        return [];
    }
}
