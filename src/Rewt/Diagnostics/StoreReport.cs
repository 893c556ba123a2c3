namespace Rewt.Internal;

/// <summary>The result of an examination of a store's server.</summary>
internal sealed record StoreReport(StoreConnection Connection, IReadOnlyList<Finding> Findings);
