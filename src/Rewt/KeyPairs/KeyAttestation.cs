namespace Rewt.Internal;

/// <summary>The attestation of a key in a key set.</summary>
/// <param name="Json">The attestation.</param>
/// <param name="By">The certificate; <see langword="null"/> if it has not been checked.</param>
internal sealed record KeyAttestation(string Json, Attested? By);
