namespace Rewt.Internal;

/// <summary>The findings of the last examination of a key ring.</summary>
internal sealed record DoctorReport(string Ring, IReadOnlyList<Finding> Findings);
