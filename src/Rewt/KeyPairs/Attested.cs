namespace Rewt.Internal;

/// <summary>The certificate that confirms a published key.</summary>
/// <param name="Name">The name in the certificate that stands for the service.</param>
/// <param name="Until">When the certificate expires.</param>
/// <param name="SeenAt">When this instance saw the statement with a valid certificate, in Unix milliseconds.</param>
/// <param name="EndsAt">When the statement counts no more, in Unix milliseconds.</param>
internal sealed record Attested(string Name, DateTimeOffset Until, long SeenAt, long EndsAt);
