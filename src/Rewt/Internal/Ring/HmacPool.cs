using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>HMAC-SHA256 with one secret whose key schedule is worked out once: a hash at hand for whoever comes, a new one for those who come at the same time.</summary>
internal sealed class HmacPool(Secret secret)
{
    private IncrementalHash? _idle;

    public void Compute(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var hash = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Bytes);
        hash.AppendData(data);
        hash.GetHashAndReset(signature);
        // Of two that come back at once the second goes.
        Interlocked.Exchange(ref _idle, hash)?.Dispose();
    }
}
