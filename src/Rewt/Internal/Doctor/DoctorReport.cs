namespace Rewt.Internal;

/// <summary>What the last examination of a ring found.</summary>
internal sealed record DoctorReport(string Ring, IReadOnlyList<Finding> Findings);
