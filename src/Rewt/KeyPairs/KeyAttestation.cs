namespace Rewt.Internal;

/// <summary>The attestation of a key in a key set from a file or URL, and the certificate by which it was confirmed.</summary>
/// <param name="Json">The attestation.</param>
/// <param name="By">The certificate; <see langword="null"/> if it has not been checked.</param>
internal sealed record KeyAttestation(string Json, AttestingCertificate? By);
