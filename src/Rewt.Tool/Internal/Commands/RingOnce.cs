using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Resolves keys from one snapshot of a namespace: its secrets, and the key pairs of its services.</summary>
internal sealed class RingOnce(RingSnapshot ring, PairSnapshot? pairs, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
    {
        var now = ClockReading.Now(time);
        if (request.KeyId is not { } keyId) return ValueTask.FromResult(ring.KeylessKeys(now));
        return ValueTask.FromResult(ring.Find(keyId, now) ?? pairs?.Known(request.Issuer, keyId, now) ?? []);
    }
}
