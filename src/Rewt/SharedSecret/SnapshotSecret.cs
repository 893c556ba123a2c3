namespace Rewt.Internal;

/// <summary>A shared secret in a <see cref="RingSnapshot"/>, and the time until which it verifies tokens.</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">The end of a retired key; otherwise <see cref="StoreTime.Never"/>.</param>
/// <param name="Born">When the key was created, or <see cref="StoreTime.Unknown"/>.</param>
internal readonly record struct SnapshotSecret(RingKey Key, StoreTime Until, StoreTime Born)
{
    public bool IsRetired => Until != StoreTime.Never;
}
