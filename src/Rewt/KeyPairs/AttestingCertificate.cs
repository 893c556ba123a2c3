namespace Rewt.Internal;

/// <summary>
/// The result of a successful check of an <see cref="Attestation"/>: the certificate that confirms the published key, and the time until which the
/// certificate confirms the key.
/// </summary>
/// <param name="Name">The name in the certificate that identifies the service.</param>
/// <param name="Until">The earliest time at which the certificate or another certificate of its chain expires.</param>
/// <param name="SeenAt">The time at which this instance last checked the attestation while the certificate was valid.</param>
/// <param name="EndsAt">The time at which the confirmation of the key ends, unless the attestation is renewed.</param>
internal sealed record AttestingCertificate(string Name, DateTimeOffset Until, StoreTime SeenAt, StoreTime EndsAt);
