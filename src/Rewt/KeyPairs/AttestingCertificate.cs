namespace Rewt.Internal;

/// <summary>The certificate that confirms a published key, as the check of its attestation found it.</summary>
/// <param name="Name">The name in the certificate that stands for the service.</param>
/// <param name="Until">When the certificate expires.</param>
/// <param name="SeenAt">When this instance first saw the statement: the time at which the certificate must be valid.</param>
/// <param name="EndsAt">When the statement ends.</param>
internal sealed record AttestingCertificate(string Name, DateTimeOffset Until, StoreTime SeenAt, StoreTime EndsAt);
