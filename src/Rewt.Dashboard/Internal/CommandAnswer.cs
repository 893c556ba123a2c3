namespace Rewt.Internal;

/// <summary>The response of the dashboard to a command (rotate or revoke): its outcome as a code for programs and as a sentence for people.</summary>
/// <param name="Outcome">A code: <c>rotated</c>, <c>revoked</c>, or the reason for a failure.</param>
/// <param name="Message">A message of one or two sentences.</param>
/// <param name="KeyId">The id of the new current key after a rotation, or of the revoked key after a revocation.</param>
/// <param name="Unconfirmed">The instances that have not confirmed a revocation.</param>
internal sealed record CommandAnswer(string Outcome, string Message, string? KeyId = null, IReadOnlyList<string>? Unconfirmed = null);
