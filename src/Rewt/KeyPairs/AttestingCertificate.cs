namespace Rewt.Internal;

/// <summary>
/// The result of a successful check of an <see cref="Attestation"/>: the certificate that confirms the published key, and until when it does.
/// </summary>
/// <param name="Name">The name in the certificate that stands for the service.</param>
/// <param name="Until">When the certificate expires.</param>
/// <param name="SeenAt">When this instance last saw the attestation while the certificate was valid.</param>
/// <param name="EndsAt">When the attestation must be renewed, or the key is no longer confirmed.</param>
internal sealed record AttestingCertificate(string Name, DateTimeOffset Until, StoreTime SeenAt, StoreTime EndsAt);
