namespace Rewt.Internal;

/// <summary>
/// The text for an operator about a stored secret that cannot be used: its seal cannot be opened, or it has none although
/// <c>Sealing:RequireSealed</c> demands one. It is part of a reading, whose secrets are then unknown.
/// </summary>
/// <param name="Text">The reason and the solution for an operator.</param>
internal sealed record SealProblem(string Text)
{
    /// <summary>The place of a secret that is not sealed although <see cref="RewtSealingOptions.RequireSealed"/> demands it.</summary>
    public string? UnsealedPlace { get; init; }
}
