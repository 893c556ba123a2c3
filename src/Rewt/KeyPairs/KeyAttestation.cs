namespace Rewt.Internal;

/// <summary>
/// The <see cref="Attestation"/> of a key in a key set that was read from a file or URL. After a successful check, the object also contains the
/// certificate that confirms the key.
/// </summary>
/// <param name="Json">The attestation in JSON.</param>
/// <param name="By">The certificate that confirms the key; <see langword="null"/> if the attestation has not been checked.</param>
internal sealed record KeyAttestation(string Json, AttestingCertificate? By);
