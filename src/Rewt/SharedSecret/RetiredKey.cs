namespace Rewt.Internal;

/// <summary>A shared secret that no longer signs, and verifies tokens until <paramref name="Until"/>.</summary>
internal sealed record RetiredKey(Secret Secret, StoreTime Until)
{
    /// <summary>When the secret was created, or <see cref="StoreTime.Unknown"/>.</summary>
    public StoreTime Born { get; init; }
}
