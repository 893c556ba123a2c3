namespace Rewt.Internal;

/// <summary>A retired shared secret, which no longer signs but verifies tokens until <paramref name="Until"/>.</summary>
internal sealed record RetiredKey(Secret Secret, StoreTime Until)
{
    /// <summary>The time at which the secret was created; <see cref="StoreTime.Unknown"/> if the time is unknown.</summary>
    public StoreTime Born { get; init; }
}
