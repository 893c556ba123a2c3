namespace Rewt.Internal;

/// <summary>
/// The result of one examination of a key ring by the doctor, which checks the setup of keys, clocks, instances and Redis: its findings, and the
/// connection to the server if there is one.
/// </summary>
internal sealed record DoctorReport(string Ring, IReadOnlyList<Finding> Findings, StoreConnection? Connection);
