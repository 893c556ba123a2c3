namespace Rewt.Internal;

/// <summary>The findings of the last examination of a key ring, and the connection to its server if it has one.</summary>
internal sealed record DoctorReport(string Ring, IReadOnlyList<Finding> Findings, StoreConnection? Connection);
