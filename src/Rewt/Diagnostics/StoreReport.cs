namespace Rewt.Internal;

/// <summary>
/// The result of an examination of the Redis server by <see cref="IStoreDoctor"/>: a description of the connection, and the problems that were found.
/// </summary>
internal sealed record StoreReport(StoreConnection Connection, IReadOnlyList<Finding> Findings);
