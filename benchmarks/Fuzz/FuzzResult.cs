namespace Rewt.Fuzz;

/// <param name="Accepted">Must be none.</param>
/// <param name="Exceptions">Must be none.</param>
/// <param name="Waiting">Variants whose key id could exist, so that the ring was read for them.</param>
/// <param name="Samples">The first few that were not as they must be.</param>
internal sealed record FuzzResult(int Accepted, int Exceptions, int Waiting, IReadOnlyList<string> Samples);
