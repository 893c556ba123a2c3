namespace Rewt;

/// <summary>
/// The precise reason why a receiver refused a token. The members are in the order in which a receiver checks a token. The log, the metrics and the
/// events of the receiver contain the precise reason. The caller gets only the general <see cref="RewtRefusal"/>.
/// </summary>
public enum RefusalReason
{
    /// <summary>The token was not refused.</summary>
    None,

    /// <summary>The request has several <c>Authorization</c> headers.</summary>
    SeveralCredentials,

    /// <summary>The request has no token in the <c>Authorization</c> header, or its token is longer than 8 KiB.</summary>
    NoToken,

    /// <summary>
    /// The text in the <c>Authorization</c> header is not a token of this library, so another authentication scheme may handle the request.
    /// </summary>
    OtherType,

    /// <summary>The token's header contains <c>crit</c> or another extension that this library does not support.</summary>
    UnsupportedHeader,

    /// <summary>
    /// The claims are not valid JSON, or a registered claim has the wrong type. A claim whose name differs from <c>iss</c> or <c>tenant</c> only in
    /// case (<c>ISS</c>) is refused for this reason too.
    /// </summary>
    MalformedClaims,

    /// <summary>The token's header contains no key id (<c>kid</c>).</summary>
    MissingKeyId,

    /// <summary>The issuer (<c>iss</c>) of the token is not in <see cref="RewtOptions.TrustedIssuers"/>.</summary>
    UntrustedIssuer,

    /// <summary>
    /// The key that signed the token belongs to another namespace of this process, so the scheme of the other namespace may handle the token.
    /// </summary>
    OtherNamespace,

    /// <summary>The token names no tenant, although <see cref="RewtTenantOptions.Enabled"/> is <see langword="true"/>.</summary>
    MissingTenant,

    /// <summary>The token is signed with a tenant's key, but <see cref="RewtTenantOptions.Enabled"/> is <see langword="false"/>.</summary>
    UnexpectedTenant,

    /// <summary>According to its key id, the key of the token is of the other <see cref="KeyMode"/>, which this service does not accept.</summary>
    OtherKeyMode,

    /// <summary>The key that signed the token is unknown or revoked.</summary>
    UnknownKey,

    /// <summary>The tenant's key that signed the token is revoked, or the tenant is deleted.</summary>
    RevokedTenant,

    /// <summary>The algorithm in the token's header (<c>alg</c>) is not the algorithm of the key.</summary>
    WrongAlgorithm,

    /// <summary>The key that signed the token belongs to a service other than the issuer (<c>iss</c>) of the token.</summary>
    OtherOwner,

    /// <summary>The signature of the token is wrong.</summary>
    WrongSignature,

    /// <summary>
    /// The token does not meet a requirement of the application's <c>TokenValidationParameters</c>, or <c>Microsoft.IdentityModel</c> cannot read a
    /// claim.
    /// </summary>
    ValidationRule,

    /// <summary>
    /// The token does not contain a claim of <see cref="RewtOptions.RequiredClaims"/>, or a claim that a one-time token must contain.
    /// </summary>
    MissingClaim,

    /// <summary>The expiry (<c>exp</c>) of the token is not later than its time of issue (<c>iat</c>).</summary>
    InvalidLifetime,

    /// <summary>The token is valid for longer than <see cref="RewtOptions.MaxTokenLifetime"/>.</summary>
    LifetimeTooLong,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The token is not valid yet.</summary>
    NotYetValid,

    /// <summary>The value of the claim <c>iss</c>, <c>jti</c> or <c>sub</c> contains characters that are not permitted, or is too long.</summary>
    InvalidName,

    /// <summary>The audience (<c>aud</c>) of the token is another service.</summary>
    OtherAudience,

    /// <summary>The tenant that the token names is not the tenant of the request, or not the tenant of the key that signed the token.</summary>
    OtherTenant,

    /// <summary>The token is bound to an HTTP method, a target or a message that differs from the received one.</summary>
    OtherRequest,

    /// <summary>The token is bound to a body that differs from the body of the request.</summary>
    OtherBody,

    /// <summary>The token is bound to a body that is longer than <see cref="RewtBindingOptions.MaxBodyBytes"/>.</summary>
    BodyTooLong,

    /// <summary>The token is not bound to the request or the message, but the endpoint or the verifying method requires a bound token.</summary>
    NotBound,

    /// <summary>The token can be used more than once, but the endpoint requires a one-time token.</summary>
    NotOneTime,

    /// <summary>The one-time token was used before.</summary>
    Replayed,

    /// <summary>An event of the application, such as <c>OnTokenValidated</c>, refused the token.</summary>
    RefusedByApplication,
}
