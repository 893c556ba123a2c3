namespace Rewt.Internal;

/// <summary>A key of a snapshot, and how long it verifies.</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">For a retired key, Unix milliseconds by the store's clock; otherwise <see cref="NoEnd"/>.</param>
internal readonly record struct VerificationKey(RingKey Key, long Until)
{
    public const long NoEnd = long.MaxValue;

    public bool IsRetired => Until != NoEnd;
}
