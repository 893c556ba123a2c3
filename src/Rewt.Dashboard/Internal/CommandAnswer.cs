namespace Rewt.Internal;

/// <summary>What became of a command, for a program and for a person.</summary>
/// <param name="Outcome">One word: <c>rotated</c>, <c>revoked</c>, or why not.</param>
/// <param name="Message">A sentence or two.</param>
/// <param name="KeyId">The key it is about: the one that signs now, or the one that is dead.</param>
/// <param name="Unconfirmed">After a revocation, the instances that have not said that they dropped the key.</param>
internal sealed record CommandAnswer(string Outcome, string Message, string? KeyId = null, IReadOnlyList<string>? Unconfirmed = null);
