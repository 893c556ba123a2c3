namespace Rewt.Internal;

/// <summary>The certificate that confirms a published key, as the check of its attestation found it.</summary>
/// <param name="Name">The name in the certificate that stands for the service.</param>
/// <param name="Until">When the certificate expires.</param>
/// <param name="SeenAt">When this instance saw the statement with a valid certificate.</param>
/// <param name="EndsAt">When the statement counts no more.</param>
internal sealed record AttestingCertificate(string Name, DateTimeOffset Until, StoreTime SeenAt, StoreTime EndsAt);
