namespace Rewt.Internal;

/// <summary>
/// The health of a key ring on this instance, for the health check: whether the instance can sign and verify, and a sentence about the problem, if
/// any. The sentence contains no secrets.
/// </summary>
/// <param name="CanServe">Whether this instance can sign and verify with the key ring.</param>
/// <param name="DegradedReason">A sentence with the problem and its solution; <see langword="null"/> if there is no problem.</param>
internal readonly record struct RingHealth(bool CanServe, string? DegradedReason)
{
    private const int LongestReason = 4 * UntrustedText.UsualLength;

    public string? DegradedReason { get; } = DegradedReason is null ? null : UntrustedText.Escape(DegradedReason, LongestReason);
}
