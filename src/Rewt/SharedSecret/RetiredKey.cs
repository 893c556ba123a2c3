namespace Rewt.Internal;

/// <summary>A secret that no longer signs and verifies until <paramref name="Until"/> (Unix milliseconds by the store's clock).</summary>
internal sealed record RetiredKey(Secret Secret, long Until)
{
    /// <summary>When the secret was created; 0 if that is unknown.</summary>
    public long Born { get; init; }
}
