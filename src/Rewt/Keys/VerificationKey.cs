namespace Rewt.Internal;

/// <summary>A key of a snapshot, and how long it verifies.</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">For a retired key, Unix milliseconds by the store's clock; otherwise <see cref="NoEnd"/>.</param>
/// <param name="Born">When the key was created; 0 if that is unknown.</param>
internal readonly record struct VerificationKey(RingKey Key, long Until, long Born)
{
    public const long NoEnd = long.MaxValue;

    public bool IsRetired => Until != NoEnd;
}
