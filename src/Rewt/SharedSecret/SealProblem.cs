namespace Rewt.Internal;

/// <summary>
/// The reason, for an operator, why a stored secret cannot be used: it is sealed (encrypted) and cannot be opened, or it is not sealed although
/// <c>Sealing:RequireSealed</c> demands it. It is part of a reading, whose secrets are then unknown.
/// </summary>
/// <param name="Text">The reason and the solution for an operator.</param>
internal sealed record SealProblem(string Text)
{
    /// <summary>The place of a secret that is not sealed although <see cref="RewtSealingOptions.RequireSealed"/> demands it.</summary>
    public string? UnsealedPlace { get; init; }
}
