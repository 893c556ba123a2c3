namespace Rewt.Internal;

/// <summary>
/// The health of a key ring on this instance for the health check: whether it can sign and verify, and a sentence about the problem, if any, without
/// secrets.
/// </summary>
/// <param name="CanServe">Whether this instance can sign and verify.</param>
/// <param name="DegradedReason">The problem and its solution; <see langword="null"/> when there is none.</param>
internal readonly record struct RingHealth(bool CanServe, string? DegradedReason)
{
    private const int LongestReason = 4 * UntrustedText.UsualLength;

    public string? DegradedReason { get; } = DegradedReason is null ? null : UntrustedText.Escape(DegradedReason, LongestReason);
}
