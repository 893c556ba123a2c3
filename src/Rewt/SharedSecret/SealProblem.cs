namespace Rewt.Internal;

/// <summary>
/// The reason why a stored secret cannot be used. The secret is sealed (encrypted) and cannot be opened, or it is not sealed although
/// <see cref="RewtSealingOptions.RequireSealed"/> is set. The secrets of the reading are then unknown.
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
