namespace Rewt.Internal;

/// <summary>A shared secret in a <see cref="RingSnapshot"/>, and the time until which it verifies tokens.</summary>
/// <param name="Key">The secret as a key that signs and verifies.</param>
/// <param name="Until">The time until which a retired key verifies; <see cref="StoreTime.Never"/> for a current or pending key.</param>
/// <param name="Born">The time at which the key was created; <see cref="StoreTime.Unknown"/> if the time is unknown.</param>
internal readonly record struct SnapshotSecret(RingKey Key, StoreTime Until, StoreTime Born)
{
    public bool IsRetired => Until != StoreTime.Never;
}
