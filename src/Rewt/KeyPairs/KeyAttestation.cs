namespace Rewt.Internal;

/// <summary>
/// The <see cref="Attestation"/> of a key in a key set that was read from a file or URL, and the certificate that confirms the key once the
/// attestation has been checked.
/// </summary>
/// <param name="Json">The attestation.</param>
/// <param name="By">The certificate; <see langword="null"/> if it has not been checked.</param>
internal sealed record KeyAttestation(string Json, AttestingCertificate? By);
