using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>Resolves keys from one snapshot of a key ring.</summary>
internal sealed class RingOnce(RingSnapshot ring, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ringName, string? keyId, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(keyId is null ? ring.KeylessKeys(ClockReading.Now(time)) : ring.Find(keyId, ClockReading.Now(time)) ?? []);
}
