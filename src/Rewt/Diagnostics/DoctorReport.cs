namespace Rewt.Internal;

/// <summary>
/// The result of one examination of a key ring by the doctor: the findings, and the connection to the server if there is one. The doctor checks the
/// setup of keys, clocks, instances and Redis.
/// </summary>
internal sealed record DoctorReport(string Namespace, IReadOnlyList<Finding> Findings, StoreConnection? Connection);
