namespace Rewt;

/// <summary>
/// The precise reason why a receiver refused a token: one member for each check, in the order of the checks. The receiver's log, metrics and events
/// contain this reason; the caller gets only the general <see cref="RewtRefusal"/>.
/// </summary>
public enum RefusalReason
{
    /// <summary>The token was not refused.</summary>
    None,

    /// <summary>The request has several <c>Authorization</c> headers.</summary>
    SeveralCredentials,

    /// <summary>The request has no token in the <c>Authorization</c> header.</summary>
    NoToken,

    /// <summary>The text is not a token of this library, so another authentication scheme may handle it.</summary>
    OtherType,

    /// <summary>The header has <c>crit</c> or another extension.</summary>
    UnsupportedHeader,

    /// <summary>
    /// The claims are not valid JSON, a registered claim has a wrong type, or another claim has the name of the issuer or tenant in other letters
    /// (<c>ISS</c>).
    /// </summary>
    MalformedClaims,

    /// <summary>The header has no key id (<c>kid</c>).</summary>
    MissingKeyId,

    /// <summary>The issuer (<c>iss</c>) is not in <see cref="RewtOptions.TrustedIssuers"/>.</summary>
    UntrustedIssuer,

    /// <summary>The key belongs to another namespace of this process, so the scheme of that namespace may handle the token.</summary>
    OtherNamespace,

    /// <summary>The token names no tenant, but each tenant has its own keys.</summary>
    MissingTenant,

    /// <summary>The token is signed with a tenant's key, but <see cref="RewtTenantOptions.Enabled"/> is <see langword="false"/>.</summary>
    UnexpectedTenant,

    /// <summary>The key id has the form of another <see cref="KeyMode"/>.</summary>
    OtherKeyMode,

    /// <summary>The key is unknown or revoked.</summary>
    UnknownKey,

    /// <summary>The key of the tenant was revoked, or the tenant is deleted.</summary>
    RevokedTenant,

    /// <summary>The algorithm does not match the key.</summary>
    WrongAlgorithm,

    /// <summary>The key belongs to another issuer.</summary>
    OtherOwner,

    /// <summary>The signature is wrong.</summary>
    WrongSignature,

    /// <summary>A rule of the application's <c>TokenValidationParameters</c> failed, or the identity library cannot read a claim.</summary>
    ValidationRule,

    /// <summary>A required claim is missing.</summary>
    MissingClaim,

    /// <summary>The token expires before it was issued.</summary>
    InvalidLifetime,

    /// <summary>The token is valid for longer than <see cref="RewtOptions.MaxTokenLifetime"/>.</summary>
    LifetimeTooLong,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The token is not valid yet.</summary>
    NotYetValid,

    /// <summary>A name in the token contains characters that are not permitted, or is too long.</summary>
    InvalidName,

    /// <summary>The token is for another service.</summary>
    OtherAudience,

    /// <summary>The request or the key belongs to another tenant than the token.</summary>
    OtherTenant,

    /// <summary>The token is bound to another method, target or message.</summary>
    OtherRequest,

    /// <summary>The token is bound to another body.</summary>
    OtherBody,

    /// <summary>The token is bound to a body that is longer than <see cref="RewtBindingOptions.MaxBodyBytes"/>.</summary>
    BodyTooLong,

    /// <summary>The endpoint or the caller of the verification requires a binding that the token does not have.</summary>
    NotBound,

    /// <summary>The endpoint requires a one-time token.</summary>
    NotOneTime,

    /// <summary>The one-time token was used before.</summary>
    Replayed,
}
