namespace Rewt.Internal;

/// <summary>How urgently an operator must renew this service's certificate.</summary>
internal enum CertificateHealth
{
    /// <summary>At least a fifth of the certificate's lifetime remains.</summary>
    Good,

    /// <summary>Less than a fifth of the certificate's lifetime remains.</summary>
    Ending,

    /// <summary>The certificate is not valid yet, has expired or is about to expire, so it can attest no key.</summary>
    Unusable,
}
