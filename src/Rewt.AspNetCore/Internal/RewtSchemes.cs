using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rewt.Internal;

/// <summary>Which ring a scheme stands on, and its verifier, made once for each set of options: what one has verified never answers for another.</summary>
internal sealed class RewtSchemes(
    IIssuerSigningKeyResolver resolver, IOptionsMonitor<RewtOptions> rings, RingRegistry registry, IEnumerable<TenantSelector> selectors, TimeProvider time)
{
    private readonly ConditionalWeakTable<JwtBearerOptions, SchemeVerifier> _verifiers = [];

    /// <summary>The scheme that was asked for first, which in most applications is the only one.</summary>
    private volatile Asked? _first;

    private readonly TenantSelector[] _selectors = [.. selectors];

    /// <summary>The main scheme stands on the main ring, a named one on the ring of its name.</summary>
    public static string RingOf(string scheme) => scheme == RewtDefaults.AuthenticationScheme ? Options.DefaultName : scheme;

    public SchemeVerifier Verifier(string scheme, JwtBearerOptions options)
    {
        var first = _first;
        if (first is not null && ReferenceEquals(first.Options, options)) return first.Verifier;
        var verifier = _verifiers.TryGetValue(options, out var known) ? known : _verifiers.GetValue(options, key => Create(scheme, key));
        // Its options may be made anew.
        if (first is null || first.Scheme == scheme) _first = new Asked(scheme, options, verifier);
        return verifier;
    }

    /// <summary>Whether a token that was verified is of the tenant that the request is for; never where either names none.</summary>
    public bool IsOfTenant(string scheme, HttpContext context, TokenClaims claims)
    {
        foreach (var selector in _selectors)
        {
            if (selector.Scheme == scheme && !(selector.Select(context) is { Length: > 0 } tenant && tenant == claims.Tenant)) return false;
        }

        return true;
    }

    private SchemeVerifier Create(string scheme, JwtBearerOptions options)
    {
        var ring = rings.Get(RingOf(scheme));
        var parameters = options.TokenValidationParameters;
        var named = Audiences(options);
        var policy = new TokenPolicy(ring, TokenTypes.Bearer, named ?? [ring.ServiceName!], parameters) { MapInboundClaims = options.MapInboundClaims, TakesNamespace = named is null };
        return new SchemeVerifier(new TokenVerifier(policy, resolver, time), policy.IsSteady, options.SaveToken, registry.Metrics(ring.Namespace), time);
    }

    /// <summary>What the application names in place of this service and the namespace.</summary>
    public static HashSet<string>? Audiences(JwtBearerOptions options)
    {
        var parameters = options.TokenValidationParameters;
        var named = new[] { options.Audience, parameters.ValidAudience }.Concat(parameters.ValidAudiences ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return named.Count > 0 ? named : null;
    }

    private sealed record Asked(string Scheme, JwtBearerOptions Options, SchemeVerifier Verifier);
}
