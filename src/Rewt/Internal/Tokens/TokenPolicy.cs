using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>What a verifier demands of a token; made once and shared.</summary>
internal sealed class TokenPolicy
{
    private readonly TokenValidationParameters _template;
    private readonly ConditionalWeakTable<SecurityKey, TokenValidationParameters> _byKey = [];

    /// <param name="options">The ring's settings.</param>
    /// <param name="type">The one <c>typ</c> that is accepted.</param>
    /// <param name="audiences">Any of which the token must name; <see langword="null"/> where tokens name none.</param>
    /// <param name="template">What the application wishes for issuers and the identity made of the claims; what decides about keys, algorithms, audience and time is not its to say.</param>
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

    /// <summary>Whether the application has no rules of its own for what is accepted.</summary>
    public bool IsOurs { get; }

    /// <summary>Whether no code of the application decides, so that what is accepted once is accepted again.</summary>
    public bool IsSteady { get; }

    public RewtOptions Options { get; }

    /// <summary>Seconds by which clocks may differ.</summary>
    public double Skew { get; }

    /// <summary>Seconds between <c>iat</c> and <c>exp</c> at most.</summary>
    public double MaximumLifetime { get; }

    public string Type { get; }

    public IReadOnlyCollection<string>? Audiences { get; }

    /// <summary>A token for the whole namespace is for this service too, where all share one secret.</summary>
    public bool TakesNamespace { get; init; }

    /// <summary>Whether tokens of this issuer may be accepted at all; a service trusts the data that it signed itself.</summary>
    public bool IsTrusted(string? issuer) => Options.TrustedIssuers.Count == 0 || (Type == TokenTypes.Data && issuer == Options.ServiceName) || (issuer is not null && Options.TrustedIssuers.Contains(issuer, StringComparer.Ordinal));

    /// <summary>Whether a token that a key has verified is meant for this service. What one service alone can sign names the service that it is for.</summary>
    public bool IsForUs(string audience, SecurityKey? key) =>
        Audiences!.Contains(audience, StringComparer.Ordinal) || (TakesNamespace && audience == Options.Namespace && key is (null or SymmetricSecurityKey));

    /// <summary>The claims that must be there.</summary>
    public ClaimRequirements Requirements { get; }

    /// <summary>Whether bearer tokens of other makes are judged: only with keys that are named for it.</summary>
    public bool AcceptsForeign { get; }

    /// <summary>Give claims the names of WS-Federation, as JwtBearer's option of this name does.</summary>
    public bool MapInboundClaims { get; init; }

    /// <summary>The ring that must have signed: the tenant's where each has one, and none for a token that names no tenant then.</summary>
    public string? RingOf(TokenClaims claims) => !Options.Tenants ? Options.Namespace
        : Names.IsName(claims.Tenant) ? TenantName.RingOf(Options.Namespace, claims.Tenant!)
        : null;

    /// <summary>How claims become an identity; names no key.</summary>
    public TokenValidationParameters Parameters => _template;

    /// <summary>This one key with its own algorithm, and nothing else to try.</summary>
    public TokenValidationParameters For(SecurityKey key) => _byKey.GetValue(key, only =>
    {
        var parameters = _template.Clone();
        parameters.IssuerSigningKey = only;
        parameters.TryAllIssuerSigningKeys = true;
        parameters.ValidAlgorithms = KeyAlgorithms.Of(only);
        // Checked before: the library below would write the key's hash into its events.
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
