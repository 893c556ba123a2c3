namespace Rewt.Internal;

/// <summary>The key that a <see cref="TokenSigner"/> has selected for a token, and whether the store already names it as current.</summary>
/// <param name="Key">The key that signs the token.</param>
/// <param name="IsAhead">Whether the key is not yet current in the store.</param>
/// <param name="Publication">The value of <see cref="KeySnapshot.Publication"/>.</param>
internal readonly record struct SigningChoice(SigningKey Key, bool IsAhead = false, string? Publication = null);
