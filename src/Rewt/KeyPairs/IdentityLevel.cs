namespace Rewt.Internal;

/// <summary>How urgently an operator must renew the certificate of a service.</summary>
internal enum IdentityLevel
{
    /// <summary>It is valid for long enough.</summary>
    Good,

    /// <summary>Less than a fifth of its lifetime remains.</summary>
    Ending,

    /// <summary>It can attest no key.</summary>
    Unusable,
}
