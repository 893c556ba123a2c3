namespace Rewt.Internal;

/// <summary>Why a token was refused. Only the service's own log and events get it; the caller gets <see cref="RewtRefusal"/>.</summary>
internal enum RefusalReason
{
    None,

    /// <summary>The token is not one of this library, so another authentication scheme may handle it.</summary>
    OtherType,

    /// <summary>The claims are not valid JSON, or a registered claim has a wrong type.</summary>
    MalformedClaims,

    /// <summary>The header has <c>crit</c> or another extension.</summary>
    UnsupportedHeader,

    MissingKeyId,

    UntrustedIssuer,

    MissingTenant,

    OtherTenant,

    UnknownKey,

    /// <summary>The key id has the form of another <see cref="KeyMode"/>.</summary>
    OtherKeyMode,

    /// <summary>The algorithm is not the one of the key.</summary>
    WrongAlgorithm,

    /// <summary>The key belongs to another issuer.</summary>
    OtherOwner,

    WrongSignature,

    /// <summary>A rule of the application's <c>TokenValidationParameters</c> failed, or the identity library cannot read a claim.</summary>
    ValidationRule,

    MissingClaim,

    InvalidLifetime,

    LifetimeTooLong,

    Expired,

    NotYetValid,

    InvalidName,

    OtherAudience,

    SeveralCredentials,

    /// <summary>The token is bound to another method, target or message.</summary>
    OtherRequest,

    OtherBody,

    BodyTooLong,

    /// <summary>The endpoint or the caller of the verification requires a binding that the token does not have.</summary>
    NotBound,

    NotOneTime,

    /// <summary>The one-time token was used before.</summary>
    Replayed,
}
