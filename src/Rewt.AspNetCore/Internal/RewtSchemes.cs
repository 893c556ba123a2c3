using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Returns the verifier of an authentication scheme to <see cref="RewtHandler"/>, and decides whether a token belongs to the tenant of the request.
/// Each options object has its own verifier, and each verifier has its own cache. After a change of the options, a token that was accepted before is
/// therefore verified again.
/// </summary>
internal sealed class RewtSchemes(
    IIssuerSigningKeyResolver resolver, KeyRingResolver keyRings, IOptionsMonitor<RewtOptions> rings, KeyRingRegistry registry, IEnumerable<TenantSelector> selectors, TimeProvider time)
{
    private readonly ConditionalWeakTable<JwtBearerOptions, SchemeVerifier> _verifiers = [];

    private readonly TenantSelector[] _selectors = [.. selectors];

    /// <summary>
    /// Limits the log of refused tokens. Refusals are counted separately for each reason, and for each issuer that the settings name.
    /// </summary>
    public RefusalThrottle<(RefusalReason Reason, string? Issuer)> Refusals { get; } = new(time);

    /// <summary>
    /// Limits the log of callers that are refused although their credentials are valid. Refusals are counted separately for each list of permitted
    /// callers of <c>RequireCaller</c>, for each other endpoint, and for each scheme that did not authenticate the request.
    /// </summary>
    public RefusalThrottle<string> RefusedCallers { get; } = new(time);

    public SchemeVerifier Verifier(string scheme, JwtBearerOptions options) => _verifiers.TryGetValue(options, out var known) ? known : Open(scheme, options);

    /// <summary>
    /// Returns the refusal of a verified token that does not belong to the tenant of the request; <see langword="null"/> if it does, or if the
    /// application has no tenant selector. A request or a token without a tenant is refused too.
    /// </summary>
    public TokenRefusal? OtherTenant(string scheme, HttpContext context, TokenClaims claims)
    {
        foreach (var selector in _selectors)
        {
            if (selector.Scheme != scheme) continue;
            if (selector.Select(context) is not { Length: > 0 } tenant) return new(RefusalReason.OtherTenant, claims.Tenant);
            if (tenant != claims.Tenant) return new(RefusalReason.OtherTenant, claims.Tenant, new[] { tenant });
        }

        return null;
    }

    /// <summary>Creates the verifier of a scheme. The method is separate from the lookup, because a lambda in the lookup would allocate memory for each call.</summary>
    private SchemeVerifier Open(string scheme, JwtBearerOptions options) => _verifiers.GetValue(options, key => Create(scheme, key));

    private SchemeVerifier Create(string scheme, JwtBearerOptions options)
    {
        var ring = rings.Get(SchemeNames.OptionsNameOf(scheme));
        var named = Audiences(options);
        var policy = new TokenPolicy(ring, TokenTypes.Bearer, named ?? [ring.ServiceName!], Parameters(scheme, options)) { MapInboundClaims = options.MapInboundClaims, TakesNamespace = named is null };
        return new SchemeVerifier(new TokenVerifier(policy, resolver, keyRings, time), policy.IsSteady, options.SaveToken, new RequestBindingCheck(ring, registry.OneTime(ring), (context, claims) => OtherTenant(scheme, context, claims)), registry.Metrics(ring.Namespace), time);
    }

    /// <summary>
    /// Returns the audiences that the application has configured instead of the service's name; <see langword="null"/> if there are none.
    /// </summary>
    public static HashSet<string>? Audiences(JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters;
        var named = new[] { options.Audience, parameters.ValidAudience }.Concat(parameters.ValidAudiences ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return named.Count > 0 ? named : null;
    }

    /// <summary>
    /// Returns a copy of the application's validation parameters, with defaults for the values that the application has not set. The defaults are not
    /// set in the options, because the application can still change the options after any code of Rewt that configures them.
    /// </summary>
    private static TokenValidationParameters Parameters(string scheme, JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters.Clone();
        // The caller is the service that signed the token.
        if (parameters.NameClaimType == ClaimsIdentity.DefaultNameClaimType) parameters.NameClaimType = "iss";
        // With mapping, the claims 'role' and 'roles' have the default type of .NET.
        if (!options.MapInboundClaims && parameters.RoleClaimType == ClaimsIdentity.DefaultRoleClaimType) parameters.RoleClaimType = "role";
        // RequireCaller decides by the scheme that authenticated an identity.
        parameters.AuthenticationType ??= scheme;
        // Any service of the namespace may sign, unless the application names issuers.
        parameters.ValidateIssuer &= parameters.ValidIssuer is not null || parameters.ValidIssuers?.Any() == true || parameters.IssuerValidator is not null;
        return parameters;
    }
}
