namespace Rewt.Internal;

/// <summary>
/// The reason why a stored secret cannot be used. The secret is sealed (encrypted) and cannot be opened, or the secret is not sealed although
/// <see cref="RewtSealingOptions.RequireSealed"/> is set. If a <see cref="RingReading"/> has such a problem, the secrets of this reading are unknown.
/// </summary>
/// <param name="Text">The reason and the solution for an operator.</param>
internal sealed record SealProblem(string Text)
{
    /// <summary>
    /// The place of the secret that is not sealed although <see cref="RewtSealingOptions.RequireSealed"/> is set; <see langword="null"/> if a sealed
    /// secret cannot be opened.
    /// </summary>
    public string? UnsealedPlace { get; init; }
}
