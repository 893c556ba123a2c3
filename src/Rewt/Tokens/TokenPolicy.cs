using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The requirements that a <see cref="TokenVerifier"/> checks: the type, the issuer, the audience, the lifetime and the tenant of a token. The
/// requirements are derived from the options. The object is created once, and all requests share it.
/// </summary>
internal sealed class TokenPolicy
{
    private readonly TokenValidationParameters _template;
    private readonly ConditionalWeakTable<SecurityKey, TokenValidationParameters> _byKey = [];

    /// <param name="options">The settings of the namespace.</param>
    /// <param name="type">The only accepted <c>typ</c>.</param>
    /// <param name="audiences">The accepted audiences; <see langword="null"/> if the tokens of this type have no audience.</param>
    /// <param name="template">The validation parameters of the application. Only its settings for issuers and for the identity are used. The
    /// parameters for keys, algorithms, the audience and the lifetime are overridden.</param>
    public TokenPolicy(RewtOptions options, string type, IReadOnlyCollection<string>? audiences, TokenValidationParameters? template = null)
    {
        (Options, Type, Audiences) = (options, type, audiences);
        (Skew, MaximumLifetime) = (options.ClockSkew.TotalSeconds, options.MaxTokenLifetime.TotalSeconds);
        Requirements = type == TokenTypes.Bearer ? ClaimRequirements.ForBearer(options) : ClaimRequirements.ForData();
        AcceptsForeign = type == TokenTypes.Bearer && options.VerificationKeys.Count > 0;
        IsOurs = template is null || IsWithoutRules(template);
        IsSteady = template is null || IsWithoutCode(template);
        _template = template?.Clone() ?? new TokenValidationParameters { ValidateIssuer = false };
        _template.ValidateAudience = false;
        _template.ValidateLifetime = false;
        _template.RequireAudience = false;
        _template.RequireExpirationTime = false;
        _template.RequireSignedTokens = true;
        _template.AlgorithmValidator = null;
        _template.AudienceValidator = null;
        _template.LifetimeValidator = null;
        _template.SignatureValidator = null;
        _template.SignatureValidatorUsingConfiguration = null;
        _template.IssuerSigningKeyResolver = null;
        _template.IssuerSigningKeyResolverUsingConfiguration = null;
        _template.IssuerSigningKeys = null;
        _template.TokenDecryptionKey = null;
        _template.TokenDecryptionKeys = null;
        _template.TokenDecryptionKeyResolver = null;
        _template.TokenReader = null;
        _template.TransformBeforeSignatureValidation = null;
        _template.ConfigurationManager = null;
        _template.CryptoProviderFactory = null;
        _template.LogValidationExceptions = false;
        _template.IncludeTokenOnFailedValidation = false;
    }

    /// <summary>Whether the application has no validation rules of its own.</summary>
    public bool IsOurs { get; }

    /// <summary>Whether the result of a validation can be cached, because no code of the application takes part in the validation.</summary>
    public bool IsSteady { get; }

    public RewtOptions Options { get; }

    /// <summary>The permitted clock skew, in seconds.</summary>
    public double Skew { get; }

    /// <summary>The longest permitted time between <c>iat</c> and <c>exp</c>, in seconds.</summary>
    public double MaximumLifetime { get; }

    public string Type { get; }

    public IReadOnlyCollection<string>? Audiences { get; }

    /// <summary>Whether a token that was signed with a shared secret is also accepted if its audience is the namespace itself.</summary>
    public bool TakesNamespace { get; init; }

    /// <summary>Whether the signers choose the key ids, so that a key id does not identify one key for ever.</summary>
    public bool HasChosenKeyIds => Options.VerificationKeys.Count > 0;

    /// <summary>Returns whether tokens of an issuer are accepted. A service always accepts data that it has signed itself.</summary>
    public bool IsTrusted(string? issuer) => Options.TrustedIssuers.Count == 0 || (Type == TokenTypes.Data && issuer == Options.ServiceName) || (issuer is not null && Options.TrustedIssuers.Contains(issuer, StringComparer.Ordinal));

    /// <summary>
    /// Returns whether the audience of a verified token is this service. A token that was not signed with a shared secret must name this service.
    /// </summary>
    public bool IsForUs(string audience, SecurityKey? key) =>
        Audiences!.Contains(audience, StringComparer.Ordinal) || (TakesNamespace && audience == Options.Namespace && key is (null or SymmetricSecurityKey));

    /// <summary>The claims that a token must contain.</summary>
    public ClaimRequirements Requirements { get; }

    /// <summary>
    /// Whether bearer tokens that another library has signed are accepted. Such tokens are accepted only if verification keys are configured.
    /// </summary>
    public bool AcceptsForeign { get; }

    /// <summary>Whether claim types are mapped to their WS-Federation names, as <c>JwtBearerOptions.MapInboundClaims</c> does.</summary>
    public bool MapInboundClaims { get; init; }

    /// <summary>Returns whether a token meets the requirement for a tenant: if tenants are enabled, the token must name a tenant.</summary>
    public bool HasTenant(TokenClaims claims) => !Options.Tenants.Enabled || Names.IsName(claims.Tenant);

    /// <summary>Returns the input of the resolver for the keys that may have signed a token.</summary>
    public RewtKeyRequest KeyRequest(TokenClaims claims, KeyId? keyId) =>
        new() { Namespace = Options.Namespace, Tenant = Options.Tenants.Enabled ? claims.Tenant : null, Issuer = claims.Issuer, KeyId = keyId?.ToString() };

    /// <summary>The validation parameters with which an identity is created. The parameters contain no key.</summary>
    public TokenValidationParameters Parameters => _template;

    /// <summary>Returns the validation parameters that permit only one key and its algorithm.</summary>
    public TokenValidationParameters For(SecurityKey key) => _byKey.GetValue(key, only =>
    {
        var parameters = _template.Clone();
        parameters.IssuerSigningKey = only;
        parameters.TryAllIssuerSigningKeys = true;
        parameters.ValidAlgorithms = KeyAlgorithms.Of(only);
        // TokenSignature has verified the signature already; the library would write a hash of the key to its event log.
        if (only is SymmetricSecurityKey) parameters.SignatureValidator = (token, _) => new JsonWebToken(token) { SigningKey = only };
        return parameters;
    });

    private static bool IsWithoutRules(TokenValidationParameters parameters) =>
        IsWithoutCode(parameters) && parameters is { ValidateIssuer: false, ValidateActor: false, SaveSigninToken: false } && parameters.ValidTypes?.Any() != true;

    private static bool IsWithoutCode(TokenValidationParameters parameters) =>
        parameters is
        {
            ValidateTokenReplay: false,
            TokenReplayValidator: null,
            IssuerValidator: null,
            IssuerValidatorUsingConfiguration: null,
            IssuerSigningKeyValidator: null,
            IssuerSigningKeyValidatorUsingConfiguration: null,
            TypeValidator: null,
            NameClaimTypeRetriever: null,
            RoleClaimTypeRetriever: null,
        }
        && parameters.GetType() == typeof(TokenValidationParameters);
}
