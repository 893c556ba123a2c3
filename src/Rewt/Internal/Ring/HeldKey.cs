namespace Rewt.Internal;

/// <summary>A key of a snapshot and until when it verifies.</summary>
/// <param name="Key">The key.</param>
/// <param name="Until">Unix milliseconds by the store's clock for a retired key; for one in use there is no end.</param>
internal readonly record struct HeldKey(RingKey Key, long Until)
{
    public const long NoEnd = long.MaxValue;

    public bool IsRetired => Until != NoEnd;
}
