namespace Rewt.Fuzz;

/// <summary>The result of a fuzz run.</summary>
/// <param name="Accepted">The number of accepted variants; must be zero.</param>
/// <param name="Exceptions">The number of exceptions; must be zero.</param>
/// <param name="Waiting">The number of variants with a possible key id, for which the key ring was refreshed.</param>
/// <param name="Samples">The first few variants with a wrong result.</param>
internal sealed record FuzzResult(int Accepted, int Exceptions, int Waiting, IReadOnlyList<string> Samples);
